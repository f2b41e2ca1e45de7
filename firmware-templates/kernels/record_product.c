#include "fl_product.h"
#include "fl_record.h"

void fl_record_product(const fl_mul *mul, const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask) {
  const int32_t count = operands->extents[FL_RANK - 1];
  const int32_t first_step = operands->first[FL_RANK - 1], second_step = operands->second[FL_RANK - 1];
  int32_t index = 0;
  fl_walk row = {0};
  fl_mask_fill(mask, fl_recorded(operands));
  do {
    const int8_t *a = first + row.first, *b = second + row.second;
    for (int32_t i = 0; i < count; i++, a += first_step, b += second_step) {
      fl_record(mask, index++, fl_unclamped_product(mul, *a, *b), mul->low, mul->high);
    }
  } while (fl_walk_on(operands, &row));
}
