/*
 * What start-up gives to every program on a board with an Arm M-profile core: memory regions as the linker drew them, the
 * stack's high water, and faults. RAM: none beside the stack. Flash: about 700 bytes.
 */
#ifndef FL_BOARD_H
#define FL_BOARD_H

#include <stdint.h>

/* Memory that keeps its bytes over a reset. */
uint8_t *fl_board_storage(void);
uint32_t fl_board_storage_bytes(void);

/* Bytes of stack that were ever written since reset (it is painted before main). */
uint32_t fl_board_stack_used(void);

/*
 * Makes the memory protection unit trap whatever is outside flash, the SRAM budget, storage and peripherals: mpu_v7.c or
 * mpu_v8.c, or no_mpu.c where the core has none.
 */
void fl_board_protect(void);

/* A trap, as the processor reported it. ARMv6-M tells nothing but that there was one. */
typedef struct {
  uint32_t kind;            /* exception number: 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault */
  uint32_t status;          /* CFSR */
  uint32_t address;         /* of the access, 0 where unknown */
  uint32_t program_counter; /* 0 where the stack is not readable */
} fl_fault;

/* The program's answer to a trap; it runs on an emptied stack and does not return. */
void fl_board_fault(const fl_fault *fault);

#endif
