/* The command's arguments for Swift's `CommandLine`.

   Swift's own definitions look for them on the first thread's stack, whose place they read in /proc/self/maps when the program starts: 0.1 ms. The C library hands them to
   constructors. As this file is not of an archive, the linker does not ask Swift's for the names. */
#include <stddef.h>

static int count;
static char **arguments;
static char *none[] = {NULL};

__attribute__((constructor)) static void keep(int argc, char **argv, char **environment) {
  (void)environment;
  count = argc;
  arguments = argv;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *length) {
  *length = arguments == NULL ? 0 : count;
  return arguments == NULL ? none : arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **argv, int argc) {
  arguments = argv;
  count = argc;
}
