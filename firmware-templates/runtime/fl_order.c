#include "fl_order.h"

#include "fl_step.h"

void fl_order_reset(uint16_t *order, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) order[i] = (uint16_t)i;
}

void fl_order_shuffle(uint16_t *order, uint32_t count, uint32_t seed, uint32_t pass) {
  const uint32_t key = fl_hash(seed + 0x5851F42Du);
  for (uint32_t i = count; i-- > 1;) {
    const uint32_t draw = fl_hash(key ^ (pass * 0x10001u + i * 0x9E3779B9u));
    const uint32_t j = (uint32_t)(((uint64_t)draw * (i + 1)) >> 32);
    const uint16_t held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
}
