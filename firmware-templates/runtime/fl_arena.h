/*
 * Where a program has the arena that it lends to its model: `uint8_t fl_arena[...] FL_ARENA_SECTION __attribute__((aligned(8)))`. On
 * boards that is a section of its own, with whatever flags the file is compiled: linker scripts place it in a region that has room
 * (boards/<family>/link.ld). Elsewhere it is a variable like others, which sanitizers watch.
 * RAM: none.
 */
#ifndef FL_ARENA_H
#define FL_ARENA_H

#if defined(__arm__)
#define FL_ARENA_SECTION __attribute__((section(".bss.fl_arena")))
#else
#define FL_ARENA_SECTION
#endif

#endif
