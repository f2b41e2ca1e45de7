/* From reset to main, and from a trap to fl_board_fault, on every board with an Arm M-profile core. */
#include <stddef.h>

#include "fl_board.h"
#include "fl_regions.h"

/* From link.ld. Only the addresses of these symbols mean something. */
extern uint32_t __stack_limit[], __stack_top[];
extern uint32_t __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[], __arena_start[], __arena_end[];

int main(void);
void fl_reset(void);
void fl_trap(void);
void fl_report(const uint32_t *frame, uint32_t kind);

#define PAINT 0xa5c3a5c3u
#define CONFIGURATION (*(volatile uint32_t *)0xe000ed14u)
#define SYSTEM_HANDLER_CONTROL (*(volatile uint32_t *)0xe000ed24u)
#define FAULT_STATUS (*(volatile uint32_t *)0xe000ed28u)
#define MEMORY_FAULT_ADDRESS (*(volatile uint32_t *)0xe000ed34u)
#define BUS_FAULT_ADDRESS (*(volatile uint32_t *)0xe000ed38u)
#define COPROCESSOR_ACCESS (*(volatile uint32_t *)0xe000ed88u)

enum {
  TRAP_UNALIGNED = 1 << 3,
  ALLOW_FLOATING_POINT = 15 << 20,
  ENABLE_FAULTS = 7 << 16, /* MemManage, BusFault, UsageFault */
  MEMORY_ADDRESS_VALID = 1 << 7,
  BUS_ADDRESS_VALID = 1 << 15,
  FRAME_WORDS = 8,
  FRAME_PROGRAM_COUNTER = 6,
  PAINT_MARGIN_WORDS = 16 /* what this file itself has on the stack */
};

uint8_t *fl_board_storage(void) { return __storage_origin; }

uint32_t fl_board_storage_bytes(void) { return fl_symbol(__storage_bytes); }

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

/*
 * ARMv6-M has one fault only, and no unaligned access: code for it that runs on a larger core is held to that. Elsewhere
 * each fault gets its own vector, and the registers of the floating-point unit, where the code has leave to use them, are
 * switched on before anything does.
 */
static void set_up_core(void) {
#if __ARM_ARCH == 6
  CONFIGURATION |= TRAP_UNALIGNED;
#else
  SYSTEM_HANDLER_CONTROL |= ENABLE_FAULTS;
#endif
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  COPROCESSOR_ACCESS |= ALLOW_FLOATING_POINT;
  __asm__ volatile("dsb\n isb" : : : "memory");
#endif
}

static void clear(uint32_t *from, const uint32_t *to) {
  while (from < to) *from++ = 0;
}

void fl_reset(void) {
  set_up_core();
  const uint32_t *from = __data_load;
  for (uint32_t *to = __data_start; to < __data_end; to++) *to = *from++;
  clear(__bss_start, __bss_end);
  clear(__arena_start, __arena_end);
  paint_stack();
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
      "bl fl_report\n");
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
