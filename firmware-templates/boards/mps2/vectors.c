/*
 * The device program's vector table: that of start-up knows traps only, this one adds the tick and the network. The
 * hardware layer points VTOR here.
 */
#include <stddef.h>

#include "board_config.h"
#include "board_vectors.h"

void fl_reset(void);
void fl_trap(void);
extern uint32_t __stack_top[];

typedef void (*handler)(void);
typedef union {
  uint32_t *stack;
  handler code;
} entry;

/* VTOR wants the table on a multiple of its size, rounded up to a power of two. */
enum {
  EXCEPTIONS = 16,
  TABLE_ALIGNMENT = BOARD_RECEIVE_INTERRUPT < 16 ? 128 : BOARD_RECEIVE_INTERRUPT < 48 ? 256 : 512
};

__attribute__((aligned(TABLE_ALIGNMENT), used)) static const entry vectors[EXCEPTIONS + BOARD_RECEIVE_INTERRUPT + 1] = {
    {.stack = __stack_top}, {.code = fl_reset}, {.code = fl_trap}, {.code = fl_trap},
    {.code = fl_trap},      {.code = fl_trap},  {.code = fl_trap}, {.code = NULL},
    {.code = NULL},         {.code = NULL},     {.code = NULL},    {.code = fl_trap},
    {.code = fl_trap},      {.code = NULL},     {.code = fl_trap}, {.code = board_tick},
    [EXCEPTIONS + BOARD_RECEIVE_INTERRUPT] = {.code = board_received},
};

void board_use_vectors(void) { *(volatile uint32_t *)0xE000ED08u = (uint32_t)(uintptr_t)vectors; }
