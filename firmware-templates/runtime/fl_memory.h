/* The two functions that compilers call by themselves, for programs without a C library. RAM: none. Flash: < 64 bytes. */
#ifndef FL_MEMORY_H
#define FL_MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int value, size_t count);

#endif
