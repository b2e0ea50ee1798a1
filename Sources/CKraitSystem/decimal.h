/* The interface of libmpdec 4 as far as the module _decimal uses it: what its numbers, contexts and formats look like in memory (64-bit systems).
   The library is loaded when the module is first imported, and its functions are found by name. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct krait_decimal {
  uint8_t flags;
  int64_t exponent;
  int64_t digits;
  int64_t length;   /* words in use */
  int64_t capacity;
  uint64_t *words;  /* 19 digits each, the least significant first */
};

struct krait_decimal_context {
  int64_t precision, maximum_exponent, minimum_exponent;
  uint32_t traps, status, new_trap;
  int32_t rounding, clamp, correct_rounding;
};

struct krait_decimal_format {
  int64_t width, precision;
  char type, alignment, sign, coerces_zero;
  char fill[5];
  const char *point, *separator, *grouping;
};
