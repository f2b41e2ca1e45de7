#include "fl_product.h"
#include "fl_record.h"

void fl_record_product(const fl_mul *mul, const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask) {
  fl_recording at = fl_begin_recording(operands, first, second, mask);
  do {
    fl_record(&at, fl_unclamped_product(mul, *at.first, *at.second), mul->low, mul->high, mask);
  } while (fl_record_on(operands, first, second, &at));
}
