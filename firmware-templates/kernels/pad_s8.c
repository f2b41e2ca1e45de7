#include "fl_kernels.h"

void fl_pad_s8(const fl_pair *places, int32_t zero, int32_t count, int32_t start, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < count; i++) output[i] = (int8_t)zero;
  fl_move_s8(places, input, output + start);
}
