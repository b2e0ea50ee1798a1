/* The definitions that a header cannot hold: the importer of Swift emits inline functions but no thread-local variables, and hides what needs _GNU_SOURCE. */
#define _GNU_SOURCE
#include "core.h"

#include <fcntl.h>
#include <link.h>
#include <string.h>

_Thread_local struct krait_current krait_current __attribute__((tls_model("initial-exec")));

/* Lets go of the pages of a private mapping of a file that were not written: those that the kernel's table of pages says belong to the file. */
static void give_back_unwritten(uintptr_t start, uintptr_t end, uintptr_t page) {
  const uint64_t of_file = (uint64_t)1 << 61;
  uint64_t entries[256];
  int table = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (table < 0) return;
  while (start < end) {
    size_t wanted = (end - start) / page < 256 ? (end - start) / page : 256;
    ssize_t count = pread(table, entries, wanted * sizeof *entries, (off_t)(start / page * sizeof *entries)) / (ssize_t)sizeof *entries;
    if (count <= 0) break;
    for (ssize_t first = 0, last; first < count; first = last) {
      for (last = first + 1; last < count && ((entries[last] ^ entries[first]) & of_file) == 0; last++) {}
      if (entries[first] & of_file) madvise((void *)(start + first * page), (last - first) * page, MADV_DONTNEED);
    }
    start += count * page;
  }
  close(table);
}

static int krait_give_back_code_of(struct dl_phdr_info *object, size_t size, void *with_libraries) {
  (void)size;
  /* The program itself has no name and comes first. What is no file has no slash in its name. In the loader debuggers have breakpoints. */
  bool is_library = object->dlpi_name != NULL && object->dlpi_name[0] != 0;
  if (is_library && !*(bool *)with_libraries) return 1;
  if (is_library && (strchr(object->dlpi_name, '/') == NULL || strstr(object->dlpi_name, "/ld-") != NULL)) return 0;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = object->dlpi_phdr + index;
    if (segment->p_type != PT_LOAD) continue;
    uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    /* Swift's constants lie in a segment with variables. */
    if ((segment->p_flags & PF_W) == 0) madvise((void *)start, object->dlpi_addr + segment->p_vaddr + segment->p_memsz - start, MADV_DONTNEED);
    else if (!is_library) give_back_unwritten(start, (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1), page);
  }
  return 0;
}

void krait_give_back_code(bool with_libraries) { dl_iterate_phdr(krait_give_back_code_of, &with_libraries); }
