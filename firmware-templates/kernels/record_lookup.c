#include "fl_record.h"

void fl_record_lookup(const uint8_t *bits, int32_t count, const int8_t *input, uint8_t *mask) {
  fl_mask_fill(mask, count);
  for (int32_t i = 0; i < count; i++) {
    if (!fl_mask_bit(bits, (uint8_t)input[i])) fl_mask_clear(mask, i);
  }
}
