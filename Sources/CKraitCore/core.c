/* The definitions that a header cannot hold: the importer of Swift emits inline functions but no thread-local variables, and hides what needs _GNU_SOURCE. */
#define _GNU_SOURCE
#include "core.h"

#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

_Thread_local struct krait_current krait_current __attribute__((tls_model("initial-exec")));

void *krait_counted[KRAIT_COUNTED_PLACES];

/* Where the code begins that programs run, and where what the order of functions does not name: the order has these names at the places (Scripts/generate-startup-order). They
   are never called; what they consist of is nobody else's code, with which the linker would make them one. */
__attribute__((section(".text.krait_code_of_programs"), naked, used)) void krait_code_of_programs(void) { __asm__(".ascii \"programs\""); }
__attribute__((section(".text.krait_code_of_others"), naked, used)) void krait_code_of_others(void) { __asm__(".ascii \"others..\""); }

static void let_go(uintptr_t start, uintptr_t end) {
  if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

static int krait_give_back_code_of(struct dl_phdr_info *object, size_t size, void *argument) {
  (void)size;
  enum krait_give_back what = *(enum krait_give_back *)argument;
  /* The program itself has no name and comes first. What is no file has no slash in its name. In the loader debuggers have breakpoints. */
  bool is_library = object->dlpi_name != NULL && object->dlpi_name[0] != 0;
  if (is_library && what != KRAIT_CODE_OF_START_AND_LIBRARIES) return 1;
  if (is_library && (strchr(object->dlpi_name, '/') == NULL || strstr(object->dlpi_name, "/ld-") != NULL)) return 0;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = object->dlpi_phdr + index;
    if (segment->p_type != PT_LOAD) continue;
    uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz, start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    if (is_library || (segment->p_flags & PF_X) == 0) {
      if ((segment->p_flags & PF_W) == 0) let_go(start, end);
    } else {
      let_go(start, (uintptr_t)krait_code_of_programs & ~(page - 1));
      let_go(((uintptr_t)krait_code_of_others + page) & ~(page - 1), end);
    }
  }
  return 0;
}

void krait_give_back_code(enum krait_give_back what) { dl_iterate_phdr(krait_give_back_code_of, &what); }

void *krait_remap(void *mapping, size_t size, size_t new_size) {
  void *moved = mremap(mapping, size, new_size, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? NULL : moved;
}

bool krait_exceeds_machine(size_t size) {
  struct sysinfo machine;
  if (sysinfo(&machine) != 0) return false;
  return size / machine.mem_unit > machine.totalram + machine.totalswap;
}
