/* Functions of the C library that its Swift module hides behind _GNU_SOURCE. */
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);

/* A word of each thread, zero at first: where the recursion limit is kept once it is known. */
static inline uintptr_t *krait_stack_limit(void) {
  static _Thread_local uintptr_t limit;
  return &limit;
}
