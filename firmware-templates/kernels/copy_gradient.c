#include "fl_kernels.h"

void fl_copy_gradient(const fl_gradient *input, const fl_gradient *output) {
  const int32_t elements = input->channels * input->pixels;
  for (int32_t i = 0; i < elements; i++) output->mantissas[i] = input->mantissas[i];
  for (int32_t c = 0; c < input->channels; c++) output->exponents[c] = input->exponents[c];
}
