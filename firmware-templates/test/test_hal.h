/*
 * A board for the C tests: a clock that the test moves, a network that the test feeds and reads, and a NOR flash whose
 * power can be cut after any number of operations, also in the middle of one.
 */
#ifndef FL_TEST_HAL_H
#define FL_TEST_HAL_H

#include <stdbool.h>
#include <stdint.h>

enum { TEST_FLASH_BYTES = 1 << 20, TEST_NETWORK_BYTES = 1 << 16 };

typedef struct {
  uint32_t now_ms;
  bool link_ready;
  uint32_t link_resets;
  uint8_t sent[TEST_NETWORK_BYTES];
  uint32_t sent_bytes;
  uint8_t received[TEST_NETWORK_BYTES];
  uint32_t received_at;
  uint32_t received_end;
  uint8_t flash[TEST_FLASH_BYTES];
  uint32_t flash_operations;
  /* The power fails during this operation (counted from 1); 0: never. All later ones fail, too. */
  uint32_t cut_at_operation;
  /* Of that operation, how many bytes still take effect. */
  uint32_t cut_after_bytes;
} test_hal;

extern test_hal hal;

void test_hal_reset(void);
void test_hal_feed(const uint8_t *bytes, uint32_t count);

#endif
