/* Nothing to call: linking this target replaces the C library's memory functions (malloc.c) and tells Swift the arguments (arguments.c). */
#pragma once
