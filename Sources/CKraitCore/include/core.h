/* What Swift cannot say itself: a word that crosses into the trampolines, thread-local storage, atomics on raw memory, futexes.
   Everything here is inline, one machine instruction or one system call; only the thread-local variable needs a definition (core.c). */
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define KRAIT_INLINE static inline __attribute__((always_inline))

/* A Python value: see Values/Value.swift. */
typedef struct Value { uint64_t bits; } Value;

/* What a thread needs at hand in every native function. Initial-exec: one load relative to the thread pointer. */
struct krait_current {
  uint64_t owner;          /* the id that segments of this thread's heap carry */
  void *_Nullable heap;    /* where this thread allocates */
  void *_Nullable thread;  /* its thread state */
};
extern _Thread_local struct krait_current krait_current __attribute__((tls_model("initial-exec")));

KRAIT_INLINE uint64_t krait_owner(void) { return krait_current.owner; }
KRAIT_INLINE void *_Nullable krait_heap(void) { return krait_current.heap; }
KRAIT_INLINE void *_Nullable krait_thread(void) { return krait_current.thread; }
KRAIT_INLINE void krait_set_current(uint64_t owner, void *_Nullable heap, void *_Nullable thread) {
  krait_current.owner = owner;
  krait_current.heap = heap;
  krait_current.thread = thread;
}

/* The objects of which threads keep counts of their own (ThreadCounts.swift), each at the place that its address gives. Written while no other thread of the interpreter runs. */
enum { KRAIT_COUNTED_PLACES = 1024 };
extern void *_Nullable krait_counted[KRAIT_COUNTED_PLACES];
KRAIT_INLINE size_t krait_counted_place(const void *_Nonnull object) {
  uintptr_t address = (uintptr_t)object;
  return (address >> 4 ^ address >> 14) & (KRAIT_COUNTED_PLACES - 1);
}
KRAIT_INLINE void *_Nullable krait_counted_at(size_t place) { return __atomic_load_n(&krait_counted[place], __ATOMIC_RELAXED); }
KRAIT_INLINE void krait_set_counted(size_t place, void *_Nullable object) { __atomic_store_n(&krait_counted[place], object, __ATOMIC_RELEASE); }

/* Asks for the memory at an address ahead of its use. */
KRAIT_INLINE void krait_prefetch(const void *_Nonnull p) { __builtin_prefetch(p); }

/* Atomics on raw memory. Plain names are relaxed; the order of the others is in their names. */
KRAIT_INLINE uint8_t krait_load8(const void *_Nonnull p) { return __atomic_load_n((const uint8_t *)p, __ATOMIC_RELAXED); }
KRAIT_INLINE uint16_t krait_load16(const void *_Nonnull p) { return __atomic_load_n((const uint16_t *)p, __ATOMIC_RELAXED); }
KRAIT_INLINE uint32_t krait_load32(const void *_Nonnull p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED); }
KRAIT_INLINE uint64_t krait_load64(const void *_Nonnull p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED); }
KRAIT_INLINE uint32_t krait_load32_acquire(const void *_Nonnull p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE); }
KRAIT_INLINE uint64_t krait_load64_acquire(const void *_Nonnull p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_ACQUIRE); }
KRAIT_INLINE void krait_store32(void *_Nonnull p, uint32_t v) { __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELAXED); }
KRAIT_INLINE void krait_store64(void *_Nonnull p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELAXED); }
KRAIT_INLINE void krait_store16_release(void *_Nonnull p, uint16_t v) { __atomic_store_n((uint16_t *)p, v, __ATOMIC_RELEASE); }
KRAIT_INLINE void krait_store8_release(void *_Nonnull p, uint8_t v) { __atomic_store_n((uint8_t *)p, v, __ATOMIC_RELEASE); }
KRAIT_INLINE void krait_store32_release(void *_Nonnull p, uint32_t v) { __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELEASE); }
KRAIT_INLINE void krait_store64_release(void *_Nonnull p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELEASE); }
KRAIT_INLINE uint32_t krait_add32(void *_Nonnull p, uint32_t v) { return __atomic_fetch_add((uint32_t *)p, v, __ATOMIC_RELAXED); }
KRAIT_INLINE uint32_t krait_add32_acq_rel(void *_Nonnull p, uint32_t v) { return __atomic_fetch_add((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint64_t krait_add64(void *_Nonnull p, uint64_t v) { return __atomic_fetch_add((uint64_t *)p, v, __ATOMIC_RELAXED); }
KRAIT_INLINE uint32_t krait_or32(void *_Nonnull p, uint32_t v) { return __atomic_fetch_or((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint32_t krait_and32(void *_Nonnull p, uint32_t v) { return __atomic_fetch_and((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint64_t krait_or64(void *_Nonnull p, uint64_t v) { return __atomic_fetch_or((uint64_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint64_t krait_and64(void *_Nonnull p, uint64_t v) { return __atomic_fetch_and((uint64_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint32_t krait_exchange32(void *_Nonnull p, uint32_t v) { return __atomic_exchange_n((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint64_t krait_exchange64(void *_Nonnull p, uint64_t v) { return __atomic_exchange_n((uint64_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE uint8_t krait_exchange8(void *_Nonnull p, uint8_t v) { return __atomic_exchange_n((uint8_t *)p, v, __ATOMIC_ACQ_REL); }
KRAIT_INLINE bool krait_cas8(void *_Nonnull p, uint8_t expected, uint8_t desired) {
  return __atomic_compare_exchange_n((uint8_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}
KRAIT_INLINE bool krait_cas32(void *_Nonnull p, uint32_t expected, uint32_t desired) {
  return __atomic_compare_exchange_n((uint32_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
KRAIT_INLINE bool krait_cas64(void *_Nonnull p, uint64_t expected, uint64_t desired) {
  return __atomic_compare_exchange_n((uint64_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
/* After a compare-and-swap of this thread: another that wrote the byte first and then read what was swapped has either seen the new value, or its byte is seen here. */
KRAIT_INLINE uint8_t krait_load8_ordered(const void *_Nonnull p) { return __atomic_load_n((const uint8_t *)p, __ATOMIC_SEQ_CST); }
KRAIT_INLINE void krait_store_fence(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }
KRAIT_INLINE void krait_load_fence(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
KRAIT_INLINE void krait_pause(void) {
#if defined(__x86_64__)
  __asm__ volatile("pause");
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
KRAIT_INLINE void krait_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/* Waits while the word holds `expected`; a negative time is none. 0, or errno (ETIMEDOUT, EAGAIN, EINTR). */
KRAIT_INLINE int krait_futex_wait(void *_Nonnull word, uint32_t expected, int64_t nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, nanoseconds < 0 ? NULL : &time, NULL, 0) == 0 ? 0 : errno;
}
KRAIT_INLINE void krait_futex_wake(void *_Nonnull word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }

/* A read that no sanitizer looks at. */
KRAIT_INLINE uint64_t krait_load64_unchecked(const void *_Nonnull p) {
  uint64_t value;
#if defined(__x86_64__)
  __asm__ volatile("movq (%1), %0" : "=r"(value) : "r"(p) : "memory");
#elif defined(__aarch64__)
  __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(p) : "memory");
#else
  value = *(const uint64_t *)p;
#endif
  return value;
}

/* As it, of a count in an object that may have ended: its block stays a block of objects, so this is a count, and whoever acts on it asks whether the object is still where it was found. */
KRAIT_INLINE uint32_t krait_load32_unchecked(const void *_Nonnull p) {
  uint32_t value;
#if defined(__x86_64__)
  __asm__ volatile("movl %1, %0" : "=r"(value) : "m"(*(const uint32_t *)p));
#elif defined(__aarch64__)
  __asm__ volatile("ldr %w0, %1" : "=r"(value) : "m"(*(const uint32_t *)p));
#else
  value = __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED);
#endif
  return value;
}

/* Tells the address sanitizer, if the program was built with it, what may not be touched. */
extern void __asan_poison_memory_region(const volatile void *_Nonnull, size_t) __attribute__((weak));
extern void __asan_unpoison_memory_region(const volatile void *_Nonnull, size_t) __attribute__((weak));
KRAIT_INLINE void krait_poison(const void *_Nonnull p, size_t size) { if (__asan_poison_memory_region) __asan_poison_memory_region(p, size); }
KRAIT_INLINE void krait_unpoison(const void *_Nonnull p, size_t size) { if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(p, size); }

/* Random bytes from the kernel: how many came, or -1 with errno. */
KRAIT_INLINE long krait_random(void *_Nonnull buffer, size_t size) { return syscall(SYS_getrandom, buffer, size, 0); }

/* Whether a block of memory is larger than the machine's memory and swap space together. The kernel refuses such a mapping unless it is told not to reserve anything, as jemalloc
   tells it: then the block is made, and who fills it is killed. */
extern bool krait_exceeds_machine(size_t size);
KRAIT_INLINE bool krait_is_absurd(size_t size) { return size >> 30 != 0 && krait_exceeds_machine(size); }

/* A mapping of another size, and mostly another address; NULL when there is no memory: the mapping stays as it is. */
extern void *_Nullable krait_remap(void *_Nonnull mapping, size_t size, size_t new_size);

/* Lets go of the pages of the program's code and constants that were needed so far, in a process of one thread. They are clean and in the kernel's cache, from where those
   that are needed again come back. Of the code only what programs do not run goes; each page that comes back takes time. Of the C library, too, half of
   what the start of a program needs is not needed later. */
enum krait_give_back { KRAIT_CODE_OF_START_AND_LIBRARIES, KRAIT_CODE_OF_START };
extern void krait_give_back_code(enum krait_give_back what);

/* The C library's searches that its headers hide. */
extern void *_Nullable memmem(const void *_Nonnull, size_t, const void *_Nonnull, size_t);
extern void *_Nullable memrchr(const void *_Nonnull, int, size_t);
KRAIT_INLINE const void *_Nullable krait_memmem(const void *_Nonnull a, size_t n, const void *_Nonnull b, size_t m) { return memmem(a, n, b, m); }
KRAIT_INLINE const void *_Nullable krait_memrchr(const void *_Nonnull a, int c, size_t n) { return memrchr(a, c, n); }
/* Hidden behind _GNU_SOURCE in the C library's module. */
extern double strtod_l(const char *_Nonnull text, char *_Nullable *_Nullable end, locale_t _Nullable locale);
extern int gettid(void);
KRAIT_INLINE int krait_gettid(void) { return gettid(); }
