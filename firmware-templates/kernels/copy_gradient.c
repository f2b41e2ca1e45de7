#include "fl_kernels.h"

/* Gradients begin at multiples of four bytes: two mantissas go at once. */
void fl_copy_gradient(const fl_gradient *input, const fl_gradient *output) {
  const int32_t elements = input->channels * input->pixels;
  const int32_t *from = (const int32_t *)(const void *)input->mantissas;
  int32_t *to = (int32_t *)(void *)output->mantissas;
  for (const int32_t *end = from + elements / 2; from != end;) *to++ = *from++;
  if (elements % 2 != 0) output->mantissas[elements - 1] = input->mantissas[elements - 1];
  for (int32_t c = 0; c < input->channels; c++) output->exponents[c] = input->exponents[c];
}
