/* The C library's memory functions, by jemalloc, for the command alone.

   The command links jemalloc as an archive. The flags of a static Swift library hide what archives define, so the C library would go on with memory functions of its own, and what
   it allocates (`realpath`, `strdup`) could not be freed here. These are not of an archive; the linker takes the first definition of a name (`-z muldefs`). */
#include <core.h>
#include <errno.h>
#include <jemalloc/jemalloc.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One arena for what is no Python object: interpreters have arenas of their own, and each more costs 100 KiB at the start. Caches of threads keep blocks to 8 KiB, and few of each
   size: what a new thread's caches are filled with, they give back at its end, which was two fifths of its instructions. Python objects have caches of their own. */
const char *malloc_conf = "narenas:1,lg_tcache_max:13,tcache_nslots_small_min:4,tcache_nslots_small_max:12";

#define EXPORT __attribute__((visibility("default")))

static inline void *checked(void *memory) {
  if (__builtin_expect(memory == NULL, 0)) errno = ENOMEM;
  return memory;
}

/* jemalloc's own interface knows no blocks of no bytes. */
static inline size_t some(size_t size) { return size == 0 ? 1 : size; }

EXPORT void *malloc(size_t size) { return checked(krait_is_absurd(size) ? NULL : mallocx(some(size), 0)); }

EXPORT void free(void *memory) {
  if (memory != NULL) dallocx(memory, 0);
}

EXPORT void *calloc(size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total) || krait_is_absurd(total)) return checked(NULL);
  return checked(mallocx(some(total), MALLOCX_ZERO));
}

EXPORT void *realloc(void *memory, size_t size) {
  if (memory == NULL) return malloc(size);
  if (krait_is_absurd(size)) return checked(NULL);
  return checked(rallocx(memory, some(size), 0));
}

static void *aligned(size_t alignment, size_t size) {
  if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
    errno = EINVAL;
    return NULL;
  }
  return checked(krait_is_absurd(size) ? NULL : mallocx(some(size), MALLOCX_ALIGN(alignment)));
}

EXPORT void *aligned_alloc(size_t alignment, size_t size) { return aligned(alignment, size); }
EXPORT void *memalign(size_t alignment, size_t size) { return aligned(alignment, size); }
EXPORT void *valloc(size_t size) { return aligned(4096, size); }

EXPORT int posix_memalign(void **place, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  if (krait_is_absurd(size)) return ENOMEM;
  /* Swift asks for 16 bytes, which all blocks of 16 bytes and more have. */
  void *memory = alignment <= 16 ? mallocx(some(size + 15 & ~(size_t)15), 0) : mallocx(some(size), MALLOCX_ALIGN(alignment));
  if (memory == NULL) return ENOMEM;
  *place = memory;
  return 0;
}

EXPORT size_t malloc_usable_size(void *memory) { return memory == NULL ? 0 : sallocx(memory, 0); }
