/* From reset to main, and from a trap to fl_board_fault, on every ARMv7-M board. */
#include <stddef.h>

#include "fl_board.h"

/* From link.ld. Only the addresses of these symbols mean something. */
extern uint32_t __stack_limit[], __stack_top[];
extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];
extern uint8_t __storage_origin[], __storage_bytes[];

int main(void);
void fl_reset(void);
void fl_trap(void);
void fl_report(const uint32_t *frame, uint32_t kind);

#define PAINT 0xa5c3a5c3u
#define SYSTEM_HANDLER_CONTROL (*(volatile uint32_t *)0xe000ed24u)
#define FAULT_STATUS (*(volatile uint32_t *)0xe000ed28u)
#define MEMORY_FAULT_ADDRESS (*(volatile uint32_t *)0xe000ed34u)
#define BUS_FAULT_ADDRESS (*(volatile uint32_t *)0xe000ed38u)

enum {
  ENABLE_FAULTS = 7 << 16, /* MemManage, BusFault, UsageFault */
  MEMORY_ADDRESS_VALID = 1 << 7,
  BUS_ADDRESS_VALID = 1 << 15,
  FRAME_WORDS = 8,
  FRAME_PROGRAM_COUNTER = 6,
  PAINT_MARGIN_WORDS = 16 /* what this file itself has on the stack */
};

uint8_t *fl_board_storage(void) { return __storage_origin; }

uint32_t fl_board_storage_bytes(void) { return (uint32_t)(uintptr_t)__storage_bytes; }

static inline uint32_t *stack_pointer(void) {
  uint32_t *pointer;
  __asm__ volatile("mov %0, sp" : "=r"(pointer));
  return pointer;
}

static void paint_stack(void) {
  for (volatile uint32_t *word = __stack_limit; word < stack_pointer() - PAINT_MARGIN_WORDS; word++) *word = PAINT;
}

uint32_t fl_board_stack_used(void) {
  const uint32_t *word = __stack_limit;
  while (word < __stack_top && *word == PAINT) word++;
  return (uint32_t)((const uint8_t *)__stack_top - (const uint8_t *)word);
}

void fl_reset(void) {
  const uint32_t *from = __data_load;
  for (uint32_t *to = __data_start; to < __data_end; to++) *to = *from++;
  for (uint32_t *to = __bss_start; to < __bss_end; to++) *to = 0;
  paint_stack();
  SYSTEM_HANDLER_CONTROL |= ENABLE_FAULTS;
  fl_board_protect();
  main();
  for (;;) {
  }
}

/* The stack may be what overflowed: the report starts on an empty one. The trapped frame is passed on. */
__attribute__((naked)) void fl_trap(void) {
  __asm__ volatile(
      "mrs r0, msp\n"
      "ldr r1, =__stack_top\n"
      "mov sp, r1\n"
      "mrs r1, ipsr\n"
      "b fl_report\n");
}

__attribute__((used)) void fl_report(const uint32_t *frame, uint32_t kind) {
  const int readable = frame >= __stack_limit && frame + FRAME_WORDS <= __stack_top;
  const uint32_t status = FAULT_STATUS;
  const fl_fault fault = {
      .kind = kind,
      .status = status,
      .address = (status & MEMORY_ADDRESS_VALID) != 0 ? MEMORY_FAULT_ADDRESS
                 : (status & BUS_ADDRESS_VALID) != 0  ? BUS_FAULT_ADDRESS
                                                      : 0,
      .program_counter = readable ? frame[FRAME_PROGRAM_COUNTER] : 0,
  };
  fl_board_fault(&fault);
}

typedef void (*fl_vector)(void);

/* The first entry is an address of data, the others of code: a union keeps both without casts between them. */
typedef union {
  uint32_t *stack;
  fl_vector handler;
} fl_vector_entry;

__attribute__((section(".vectors"), used)) static const fl_vector_entry vectors[16] = {
    {.stack = __stack_top}, {.handler = fl_reset}, {.handler = fl_trap}, {.handler = fl_trap},
    {.handler = fl_trap},   {.handler = fl_trap},  {.handler = fl_trap}, {.handler = NULL},
    {.handler = NULL},      {.handler = NULL},     {.handler = NULL},    {.handler = fl_trap},
    {.handler = fl_trap},   {.handler = NULL},     {.handler = fl_trap}, {.handler = fl_trap},
};
