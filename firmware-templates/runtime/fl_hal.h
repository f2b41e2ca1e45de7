/*
 * What a board offers to the runtime. Each board (boards/, host/) implements these functions; there is no table of
 * pointers, so that the compiler's call graph, and with it the stack bound, stays complete.
 *
 * The network is a byte stream to the MQTT broker: a UART with a transparent network module on it, or a socket.
 * The flash is NOR: it is read where it lies, an erase sets a whole sector to 0xFF, and programming only clears bits.
 */
#ifndef FL_HAL_H
#define FL_HAL_H

#include <stdbool.h>
#include <stdint.h>

enum { FL_SECTOR_BYTES = 4096 };

/* Once, before anything else. */
void fl_hal_start(void);

/* Milliseconds since the start; wraps after 49 days: compare differences only. */
uint32_t fl_hal_now_ms(void);

/* Writes all bytes to the network. False: the stream is broken, reset the link. May block for a bounded time. */
bool fl_hal_send(const uint8_t *bytes, uint32_t count);

/* Takes up to `capacity` received bytes; 0: none are there. */
uint32_t fl_hal_receive(uint8_t *bytes, uint32_t capacity);

/* Whether bytes sent now reach a broker, as far as the board can know. */
bool fl_hal_link_ready(void);

/* Drops what was received and asks for a new connection, if the board has a way to ask. */
void fl_hal_link_reset(void);

const uint8_t *fl_hal_flash(void);
uint32_t fl_hal_flash_bytes(void);
/* Erases the sector at `offset`, a multiple of FL_SECTOR_BYTES. False: the flash failed. */
bool fl_hal_flash_erase(uint32_t offset);
/* Programs bytes that were erased before. False: the flash failed, or a bit was to be set. */
bool fl_hal_flash_program(uint32_t offset, const uint8_t *bytes, uint32_t count);

/* Sleeps until an interrupt; returns at once if received bytes wait. */
void fl_hal_idle(void);

/* Static data of the program: data, bss and the like, the arena included, the stack not. Bytes. */
uint32_t fl_hal_static_bytes(void);
/* Deepest stack since the start. Bytes; 0 where the engine can't know. */
uint32_t fl_hal_stack_peak_bytes(void);

/* A short line for people, without its line end. */
void fl_hal_log(const char *text);

#endif
