#pragma once
#include <stddef.h>
#include <gmp.h>
