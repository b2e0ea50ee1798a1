#pragma once
#include <zlib.h>

// The macros that call functions with the version and the size of the stream.
static inline int krait_deflate_init(z_stream *stream, int level, int method, int window, int memory, int strategy) {
  return deflateInit2(stream, level, method, window, memory, strategy);
}
static inline int krait_inflate_init(z_stream *stream, int window) { return inflateInit2(stream, window); }
