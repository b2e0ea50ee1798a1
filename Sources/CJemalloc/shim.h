/* jemalloc, with its function-like macros as functions, which Swift can import. */
#pragma once
#include <jemalloc/jemalloc.h>

static inline int krait_mallocx_arena(unsigned arena) { return MALLOCX_ARENA(arena); }
static inline int krait_mallocx_no_cache(void) { return MALLOCX_TCACHE_NONE; }
static inline int krait_mallocx_align(size_t alignment) { return MALLOCX_ALIGN(alignment); }
