/* Functions and macros of the system that Swift cannot import: variadic ones, and what its Glibc module leaves out. */
#pragma once
#include <fcntl.h>
#include <langinfo.h>
#include <libintl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <syslog.h>
#include <sys/file.h>
#include <unistd.h>
#include <wchar.h>

static inline int krait_fcntl(int descriptor, int command, intptr_t argument) { return fcntl(descriptor, command, argument); }
static inline int krait_ioctl(int descriptor, unsigned long request, intptr_t argument) { return ioctl(descriptor, request, argument); }
static inline int krait_flock(int descriptor, int operation) { return flock(descriptor, operation); }
static inline void krait_syslog(int priority, const char *message) { syslog(priority, "%s", message); }
static inline int krait_prlimit(pid_t process, int resource, const struct rlimit *new_limits, struct rlimit *old_limits) {
  return syscall(SYS_prlimit64, process, resource, new_limits, old_limits);
}
/* How many eras the locale has, as its tables keep the number where other items have their text. */
static inline int krait_era_count(void) { return (int)(intptr_t)nl_langinfo(_NL_TIME_ERA_NUM_ENTRIES); }
static inline int krait_getrusage(int who, struct rusage *usage) { return getrusage(who, usage); }

/* sem_open() is variadic; nil and errno when it fails. */
#include <semaphore.h>
static inline sem_t *krait_sem_create(const char *name, unsigned value) {
  sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, value);
  return semaphore == SEM_FAILED ? NULL : semaphore;
}
static inline sem_t *krait_sem_open(const char *name) {
  sem_t *semaphore = sem_open(name, 0);
  return semaphore == SEM_FAILED ? NULL : semaphore;
}
static inline int krait_sem_timedwait(sem_t *semaphore, const struct timespec *deadline) { return sem_timedwait(semaphore, deadline); }

#include <string.h>
#include <sys/mman.h>
extern void *memmem(const void *bytes, size_t size, const void *text, size_t length);
static inline void *krait_memmem(const void *bytes, size_t size, const void *text, size_t length) { return memmem(bytes, size, text, length); }
static inline int krait_madvise(void *start, size_t size, int advice) { return (int)syscall(SYS_madvise, start, size, advice); }
/* A mapping with another size, perhaps at another place; nil and errno when it fails. */
static inline void *krait_mremap(void *start, size_t old_size, size_t new_size) {
  long result = syscall(SYS_mremap, start, old_size, new_size, 1);
  return result == -1 ? NULL : (void *)result;
}

/* What faulthandler needs: the native stack of the calling thread, and functions that bring a process down. */
#include <dlfcn.h>
extern int krait_backtrace(void **addresses, int count) __asm__("backtrace");
struct krait_symbol { const char *file; uintptr_t base; const char *name; uintptr_t address; };
/* Where an address belongs; 0 when nobody knows. The same fields as Dl_info. */
extern int krait_find_symbol(const void *address, struct krait_symbol *symbol) __asm__("dladdr");
static inline int krait_read_null(void) {
  int *volatile nowhere = 0;
  return *(volatile int *)nowhere;
}
/* Takes stack until the system stops it, or until more than `limit` bytes are in use; then, how deep it went. */
static __attribute__((noinline, unused)) uintptr_t krait_overflow_stack(uintptr_t start, uintptr_t limit, size_t *depth) {
  volatile unsigned char block[4096];
  uintptr_t here = (uintptr_t)block;
  uintptr_t used = start > here ? start - here : here - start;
  block[0] = (unsigned char)++*depth;
  if (used > limit) return used;
  uintptr_t result = krait_overflow_stack(start, limit, depth);
  block[1] = block[0];
  return result;
}
static inline int krait_set_signal_stack(void *lowest, size_t size) {
  stack_t stack = {.ss_sp = lowest, .ss_flags = 0, .ss_size = size};
  return sigaltstack(&stack, 0);
}
