/* Functions of the C library that its Swift module hides behind _GNU_SOURCE. */
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

extern char *tzname[2];
static inline char *krait_tzname(int index) { return tzname[index]; }

extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int pthread_getname_np(pthread_t thread, char *name, size_t size);
static inline int krait_thread_name(char *name, size_t size) { return pthread_getname_np(pthread_self(), name, size); }
extern pid_t gettid(void);
#include <sys/syscall.h>
#include <unistd.h>
extern long syscall(long number, ...);
static inline ssize_t krait_getrandom(void *target, size_t size, unsigned flags) { return syscall(SYS_getrandom, target, size, flags); }
static inline long krait_getaffinity(pid_t process, size_t size, uint64_t *mask) { return syscall(SYS_sched_getaffinity, process, size, mask); }
/* Closes a range of descriptors: by one call, else one by one. */
static inline void krait_close_range(unsigned first, unsigned last) {
  if (syscall(436, first, last, 0) == 0) return;
  long limit = sysconf(_SC_OPEN_MAX);
  for (unsigned descriptor = first; descriptor <= last && descriptor < (unsigned long)limit; descriptor++) close((int)descriptor);
}
extern pid_t fork(void);
static inline pid_t krait_fork(void) { return fork(); }
extern int forkpty(int *end, char *name, const void *terminal, const void *window);
static inline pid_t krait_forkpty(int *end) { return forkpty(end, 0, 0, 0); }
extern int pipe2(int descriptors[2], int flags);
extern int dup3(int from, int to, int flags);
extern char **environ;
static inline char **krait_environ(void) { return environ; }
extern int execvpe(const char *file, char *const arguments[], char *const environment[]);
extern int eaccess(const char *path, int mode);
extern int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
extern int getresgid(gid_t *real, gid_t *effective, gid_t *saved);
extern int setresuid(uid_t real, uid_t effective, uid_t saved);
extern int setresgid(gid_t real, gid_t effective, gid_t saved);
extern ssize_t copy_file_range(int from, int64_t *from_offset, int to, int64_t *to_offset, size_t count, unsigned flags);
extern int memfd_create(const char *name, unsigned flags);
extern int unshare(int flags);
extern int setns(int descriptor, int kind);

/* What is known of each thread's stack, zero at first: the recursion limit, the lowest address, the size. */
static inline uintptr_t *krait_stack_limit(void) {
  static _Thread_local uintptr_t words[3];
  return words;
}

/* Calls a function on a stack of its own, on the same thread. */
#include <ucontext.h>
struct krait_stack_call { void (*body)(void *); void *argument; ucontext_t here, there; };
static inline struct krait_stack_call *krait_stack_call(void) {
  static struct krait_stack_call call;
  return &call;
}
static inline void krait_enter_stack(void) { krait_stack_call()->body(krait_stack_call()->argument); }
static inline int krait_call_on_stack(void *lowest, size_t size, void (*body)(void *), void *argument) {
  struct krait_stack_call *call = krait_stack_call();
  call->body = body;
  call->argument = argument;
  if (getcontext(&call->there) != 0) return -1;
  call->there.uc_stack.ss_sp = lowest;
  call->there.uc_stack.ss_size = size;
  call->there.uc_link = &call->here;
  makecontext(&call->there, krait_enter_stack, 0);
  return swapcontext(&call->here, &call->there);
}

/* Macros of <sys/wait.h> and <sys/sysmacros.h>, which Swift does not import. */
static inline int krait_wifexited(int s) { return (s & 0x7f) == 0; }
static inline int krait_wexitstatus(int s) { return (s & 0xff00) >> 8; }
static inline int krait_wtermsig(int s) { return s & 0x7f; }
static inline int krait_wifsignaled(int s) { return ((signed char)((s & 0x7f) + 1) >> 1) > 0; }
static inline int krait_wifstopped(int s) { return (s & 0xff) == 0x7f; }
static inline int krait_wstopsig(int s) { return (s & 0xff00) >> 8; }
static inline int krait_wifcontinued(int s) { return s == 0xffff; }
static inline int krait_wcoredump(int s) { return s & 0x80; }
static inline unsigned krait_major(uint64_t d) { return (unsigned)(((d >> 8) & 0xfff) | ((d >> 32) & ~0xfffu)); }
static inline unsigned krait_minor(uint64_t d) { return (unsigned)((d & 0xff) | ((d >> 12) & ~0xffu)); }
static inline uint64_t krait_makedev(uint64_t major, uint64_t minor) {
  return ((major & 0xfffu) << 8) | ((major & 0xfffff000u) << 32) | (minor & 0xffu) | ((minor & 0xffffff00u) << 12);
}

/* Signals: a system call that the C library may lack, unions and enumerations that Swift does not import well. */
#include <signal.h>
#include <sys/time.h>
static inline int krait_pidfd_send_signal(int descriptor, int number, unsigned flags) { return (int)syscall(424, descriptor, number, (void *)0, flags); }
static inline int krait_setitimer(int which, const struct itimerval *value, struct itimerval *old) { return setitimer(which, value, old); }
static inline int krait_getitimer(int which, struct itimerval *value) { return getitimer(which, value); }
static inline pid_t krait_siginfo_pid(const siginfo_t *i) { return i->si_pid; }
static inline uid_t krait_siginfo_uid(const siginfo_t *i) { return i->si_uid; }
static inline int krait_siginfo_status(const siginfo_t *i) { return i->si_status; }
static inline long krait_siginfo_band(const siginfo_t *i) { return i->si_band; }

/* More of the C library. Labels keep the names apart from those that the Glibc module may have. */
extern int krait_getpriority(int which, unsigned who) __asm__("getpriority");
extern int krait_setpriority(int which, unsigned who, int priority) __asm__("setpriority");
static inline long krait_setaffinity(pid_t process, size_t size, const uint64_t *mask) { return syscall(SYS_sched_setaffinity, process, size, mask); }
static inline int krait_pidfd_open(pid_t process, unsigned flags) { return (int)syscall(434, process, flags); }
extern int krait_openpty(int *leader, int *follower, char *name, const void *terminal, const void *window) __asm__("openpty");
extern int krait_login_tty(int descriptor) __asm__("login_tty");
extern int krait_grantpt(int descriptor) __asm__("grantpt");
extern int krait_unlockpt(int descriptor) __asm__("unlockpt");
extern int krait_posix_openpt(int flags) __asm__("posix_openpt");
extern int krait_ptsname(int descriptor, char *name, size_t size) __asm__("ptsname_r");
extern ssize_t krait_readv(int descriptor, const void *buffers, int count) __asm__("readv");
extern ssize_t krait_writev(int descriptor, const void *buffers, int count) __asm__("writev");
extern ssize_t krait_preadv(int descriptor, const void *buffers, int count, long offset, int flags) __asm__("preadv2");
extern ssize_t krait_pwritev(int descriptor, const void *buffers, int count, long offset, int flags) __asm__("pwritev2");
extern ssize_t krait_sendfile(int to, int from, long *offset, size_t count) __asm__("sendfile");
extern ssize_t krait_splice(int from, long *from_offset, int to, long *to_offset, size_t count, unsigned flags) __asm__("splice");
extern int krait_posix_fadvise(int descriptor, long offset, long length, int advice) __asm__("posix_fadvise");
extern int krait_posix_fallocate(int descriptor, long offset, long length) __asm__("posix_fallocate");
extern int krait_lockf(int descriptor, int command, long length) __asm__("lockf");
extern int krait_eventfd(unsigned value, int flags) __asm__("eventfd");
extern int krait_timerfd_create(int clock, int flags) __asm__("timerfd_create");
extern int krait_timerfd_settime(int descriptor, int flags, const struct itimerspec *new_value, struct itimerspec *old_value) __asm__("timerfd_settime");
extern int krait_timerfd_gettime(int descriptor, struct itimerspec *value) __asm__("timerfd_gettime");
extern ssize_t krait_getxattr(const char *path, const char *name, void *value, size_t size) __asm__("getxattr");
extern ssize_t krait_lgetxattr(const char *path, const char *name, void *value, size_t size) __asm__("lgetxattr");
extern ssize_t krait_fgetxattr(int descriptor, const char *name, void *value, size_t size) __asm__("fgetxattr");
extern ssize_t krait_listxattr(const char *path, char *list, size_t size) __asm__("listxattr");
extern ssize_t krait_llistxattr(const char *path, char *list, size_t size) __asm__("llistxattr");
extern ssize_t krait_flistxattr(int descriptor, char *list, size_t size) __asm__("flistxattr");
extern int krait_setxattr(const char *path, const char *name, const void *value, size_t size, int flags) __asm__("setxattr");
extern int krait_lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags) __asm__("lsetxattr");
extern int krait_fsetxattr(int descriptor, const char *name, const void *value, size_t size, int flags) __asm__("fsetxattr");
extern int krait_removexattr(const char *path, const char *name) __asm__("removexattr");
extern int krait_lremovexattr(const char *path, const char *name) __asm__("lremovexattr");
extern int krait_fremovexattr(int descriptor, const char *name) __asm__("fremovexattr");
extern int krait_getgrouplist(const char *user, unsigned group, unsigned *groups, int *count) __asm__("getgrouplist");
extern int krait_initgroups(const char *user, unsigned group) __asm__("initgroups");
extern int krait_setgroups(size_t count, const unsigned *groups) __asm__("setgroups");
extern size_t krait_confstr(int name, char *text, size_t size) __asm__("confstr");
extern int krait_waitid_raw(int kind, unsigned identifier, void *information, int options) __asm__("waitid");
/* What waitid() tells: process, user, signal, status, code. A process of 0: there was nothing to tell. */
static inline int krait_waitid(int kind, unsigned identifier, int options, int fields[5]) {
  /* siginfo_t: signal, errno, code, a gap, then process, user, status. */
  int information[32] = {0};
  int result = krait_waitid_raw(kind, identifier, information, options);
  fields[0] = information[4];
  fields[1] = information[5];
  fields[2] = information[0];
  fields[3] = information[6];
  fields[4] = information[2];
  return result;
}
extern int krait_addclosefrom(void *actions, int from) __asm__("posix_spawn_file_actions_addclosefrom_np");
