/* Nothing to call: linking this target replaces the C library's memory functions (malloc.c). */
#pragma once
