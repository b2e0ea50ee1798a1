#pragma once
#include <complex.h>
#include <errno.h>
#include <ffi.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

/* libffi's description of the C type with a letter of the module _ctypes; null for a letter without one. */
static inline ffi_type *krait_ffi_type(unsigned char code) {
  switch (code) {
  case 'b': return &ffi_type_sint8;
  case 'B': case '?': return &ffi_type_uint8;
  case 'c': return &ffi_type_sint8;
  case 'h': case 'v': return &ffi_type_sint16;
  case 'H': return &ffi_type_uint16;
  case 'i': case 'u': return &ffi_type_sint32;
  case 'I': return &ffi_type_uint32;
  case 'l': case 'q': return &ffi_type_sint64;
  case 'L': case 'Q': return &ffi_type_uint64;
  case 'f': return &ffi_type_float;
  case 'd': return &ffi_type_double;
  case 'g': return &ffi_type_longdouble;
  case 'F': return &ffi_type_complex_float;
  case 'D': return &ffi_type_complex_double;
  case 'G': return &ffi_type_complex_longdouble;
  case 'z': case 'Z': case 'P': case 'O': return &ffi_type_pointer;
  case 0: return &ffi_type_void;
  default: return 0;
  }
}

/* Calls a function; with a place for errno, its value is exchanged with that of the C library before and after. */
static inline void krait_ffi_call(ffi_cif *interface, void *function, void *result, void **arguments, int *error) {
  if (error) {
    int saved = errno;
    errno = *error;
    *error = saved;
  }
  ffi_call(interface, FFI_FN(function), result, arguments);
  if (error) {
    int saved = errno;
    errno = *error;
    *error = saved;
  }
}

/* The numbers that Swift has no type for on every machine. Places need not be aligned. */
static inline double krait_load_long_double(const void *place) {
  long double number;
  memcpy(&number, place, sizeof number);
  return (double)number;
}
static inline void krait_store_long_double(void *place, double number) {
  long double wide = number;
  memset(place, 0, sizeof wide);
  memcpy(place, &wide, sizeof wide);
}
static const size_t krait_long_double_size = sizeof(long double);
static inline ffi_abi krait_ffi_abi(void) { return FFI_DEFAULT_ABI; }

/* The libraries that are loaded; glibc has the function only for those who ask for GNU's own. */
struct krait_library { uintptr_t base; const char *name; };
struct krait_library_visit { void (*visit)(const char *name, void *context); void *context; };
extern int krait_iterate_libraries(int (*visit)(struct krait_library *, size_t, void *), void *context) __asm__("dl_iterate_phdr");
static inline int krait_visit_library(struct krait_library *library, size_t size, void *context) {
  struct krait_library_visit *call = (struct krait_library_visit *)context;
  call->visit(library->name, call->context);
  return 0;
}
static inline void krait_library_names(void *context, void (*visit)(const char *name, void *context)) {
  struct krait_library_visit call = {visit, context};
  krait_iterate_libraries(krait_visit_library, &call);
}

static inline void *krait_address_of_memmove(void) { return (void *)memmove; }
static inline void *krait_address_of_memset(void) { return (void *)memset; }
static inline size_t krait_wide_length(const void *text) { return wcslen((const wchar_t *)text); }
