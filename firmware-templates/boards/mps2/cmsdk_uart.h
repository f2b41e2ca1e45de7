/*
 * The UART of Arm's Cortex-M System Design Kit, as on all MPS2 boards (Arm DDI 0479). One byte of buffer each way: it
 * takes a byte from the line only when the one before was read, so nothing is lost on an emulated line when nobody reads.
 */
#ifndef CMSDK_UART_H
#define CMSDK_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "board_config.h"

typedef struct {
  volatile uint32_t data;
  volatile uint32_t state;
  volatile uint32_t control;
  volatile uint32_t interrupt; /* reads: status; writes: clear */
  volatile uint32_t divisor;
} cmsdk_uart;

#define NETWORK_UART ((cmsdk_uart *)BOARD_NETWORK_UART)
#define LOG_UART ((cmsdk_uart *)BOARD_LOG_UART)

enum { UART_STATE_TX_FULL = 1, UART_STATE_RX_FULL = 2 };
enum { UART_CONTROL_TX = 1, UART_CONTROL_RX = 2, UART_CONTROL_RX_INTERRUPT = 8 };
enum { UART_INTERRUPT_RX = 2 };

#endif
