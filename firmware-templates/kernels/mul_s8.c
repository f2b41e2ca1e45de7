#include "fl_kernels.h"
#include "fl_product.h"

void fl_mul_s8(const fl_mul *mul, int32_t count, const int8_t *first, const int8_t *second, int8_t *output) {
  for (int32_t i = 0; i < count; i++) output[i] = fl_product(mul, first[i], second[i]);
}
