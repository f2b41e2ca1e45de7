/*
 * An MPS2 or MPS3 board (CMSDK peripherals) as the runtime sees it. One UART is the network: a raw MQTT stream, as of a
 * serial network module in transparent mode. Another is the log. The flash is the board's PSRAM, which QEMU keeps in a file.
 *
 * The processor sleeps whenever it has nothing to do: an emulated one that polls would steal the time of the thread that
 * feeds its UART (measured: half the throughput).
 */
#include "fl_hal.h"

#include "board_vectors.h"
#include "cmsdk_uart.h"
#include "fl_board.h"
#include "fl_nor.h"
#include "fl_ring.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018u)
#define INTERRUPT_ENABLE ((volatile uint32_t *)0xE000E100u)
#define RESET_CONTROL (*(volatile uint32_t *)0xE000ED0Cu)
#define SYSTEM_RESET 0x05FA0004u

enum {
  CLOCKS_PER_MS = BOARD_CLOCK_HZ / 1000,
  TICK_MS = 100, /* slow: an idle emulated board should cost nothing */
  TICK_CLOCKS = CLOCKS_PER_MS * TICK_MS,
  SYSTICK_ON = 7, /* processor clock, interrupt, enabled */
  UART_DIVISOR = BOARD_CLOCK_HZ / 921600,
  LINK_SETTLE_MS = 1500, /* the network side takes up to a second to connect anew, and cannot say when it has */
  SEND_TIMEOUT_MS = 5000
};

/* From link.ld. */
extern uint8_t __data_start[], __data_end[], __bss_start[], __bss_end[], __arena_start[], __arena_end[];

static fl_ring received;
static volatile uint32_t ticks;
static uint32_t reset_at_ms;
static bool was_reset;

static void mask_interrupts(void) { __asm__ volatile("cpsid i" : : : "memory"); }
static void allow_interrupts(void) { __asm__ volatile("cpsie i" : : : "memory"); }

/* ---- time ---- */

void board_tick(void) { ticks++; }

uint32_t fl_hal_now_ms(void) {
  uint32_t before, value;
  do {
    before = ticks;
    value = SYSTICK_VALUE;
  } while (before != ticks);
  return before * TICK_MS + (TICK_CLOCKS - 1 - value) / CLOCKS_PER_MS;
}

/* ---- network ---- */

/* Takes bytes while there is room; without room the UART keeps its byte, and its interrupt stays off. */
static void drain(void) {
  NETWORK_UART->interrupt = UART_INTERRUPT_RX;
  while ((NETWORK_UART->state & UART_STATE_RX_FULL) != 0 && fl_ring_free(&received) > 0) {
    fl_ring_put(&received, (uint8_t)NETWORK_UART->data);
  }
  const uint32_t listening = fl_ring_free(&received) > 0 ? UART_CONTROL_RX_INTERRUPT : 0;
  NETWORK_UART->control = UART_CONTROL_TX | UART_CONTROL_RX | listening;
}

void board_received(void) { drain(); }

uint32_t fl_hal_receive(uint8_t *bytes, uint32_t capacity) {
  const uint32_t count = fl_ring_take(&received, bytes, capacity);
  if ((NETWORK_UART->control & UART_CONTROL_RX_INTERRUPT) != 0) return count;
  mask_interrupts();
  drain();
  allow_interrupts();
  return count;
}

static bool send_byte(uint8_t byte) {
  const uint32_t started = fl_hal_now_ms();
  while ((NETWORK_UART->state & UART_STATE_TX_FULL) != 0) {
    if (fl_hal_now_ms() - started > SEND_TIMEOUT_MS) return false;
  }
  NETWORK_UART->data = byte;
  return true;
}

bool fl_hal_send(const uint8_t *bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (!send_byte(bytes[i])) return false;
  }
  return true;
}

bool fl_hal_link_ready(void) { return !was_reset || fl_hal_now_ms() - reset_at_ms >= LINK_SETTLE_MS; }

void fl_hal_link_reset(void) {
  fl_ring_clear(&received);
  reset_at_ms = fl_hal_now_ms();
  was_reset = true;
}

/* ---- flash ---- */

const uint8_t *fl_hal_flash(void) { return fl_board_storage(); }
uint32_t fl_hal_flash_bytes(void) { return fl_board_storage_bytes(); }

bool fl_hal_flash_erase(uint32_t offset) {
  return fl_nor_erase(fl_board_storage(), fl_board_storage_bytes(), offset);
}

bool fl_hal_flash_program(uint32_t offset, const uint8_t *bytes, uint32_t count) {
  return fl_nor_program(fl_board_storage(), fl_board_storage_bytes(), offset, bytes, count);
}

/* ---- the rest ---- */

/* A byte that arrives between the look and the sleep still wakes: a pending interrupt ends WFI even when masked. */
void fl_hal_idle(void) {
  mask_interrupts();
  if (fl_ring_used(&received) == 0) __asm__ volatile("wfi" : : : "memory");
  allow_interrupts();
}

uint32_t fl_hal_static_bytes(void) {
  return (uint32_t)(__data_end - __data_start) + (uint32_t)(__arena_end - __arena_start) +
         (uint32_t)(__bss_end - __bss_start);
}

uint32_t fl_hal_stack_peak_bytes(void) { return fl_board_stack_used(); }

static void log_byte(char byte) {
  while ((LOG_UART->state & UART_STATE_TX_FULL) != 0) {
  }
  LOG_UART->data = (uint8_t)byte;
}

void fl_hal_log(const char *text) {
  for (; *text != 0; text++) log_byte(*text);
  log_byte('\n');
}

void fl_hal_start(void) {
  NETWORK_UART->divisor = UART_DIVISOR;
  LOG_UART->divisor = UART_DIVISOR;
  LOG_UART->control = UART_CONTROL_TX;
  board_use_vectors();
  SYSTICK_RELOAD = TICK_CLOCKS - 1;
  SYSTICK_VALUE = 0;
  SYSTICK_CONTROL = SYSTICK_ON;
  NETWORK_UART->control = UART_CONTROL_TX | UART_CONTROL_RX | UART_CONTROL_RX_INTERRUPT;
  INTERRUPT_ENABLE[BOARD_RECEIVE_INTERRUPT / 32] = 1u << BOARD_RECEIVE_INTERRUPT % 32;
}

static void log_hex(const char *name, uint32_t value) {
  static const char digits[] = "0123456789abcdef";
  for (; *name != 0; name++) log_byte(*name);
  for (int32_t shift = 28; shift >= 0; shift -= 4) log_byte(digits[value >> shift & 15]);
}

/* A trap is told and ends in a reset: the flash records are made for that. */
void fl_board_fault(const fl_fault *fault) {
  log_hex("fault ", fault->kind);
  log_hex(" status ", fault->status);
  log_hex(" address ", fault->address);
  log_hex(" pc ", fault->program_counter);
  log_byte('\n');
  RESET_CONTROL = SYSTEM_RESET;
  for (;;) {
  }
}
