/* Functions of the C library that its Swift module hides behind _GNU_SOURCE. */
#pragma once
#include <pthread.h>
#include <stddef.h>

extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
