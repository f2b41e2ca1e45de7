#include "fl_kernels.h"

enum { WORD = sizeof(int32_t) / sizeof(fl_mantissa) };

/* Gradients begin at multiples of four bytes: as many mantissas go at once. */
void fl_copy_gradient(const fl_gradient *input, const fl_gradient *output) {
  const int32_t elements = input->channels * input->pixels;
  const int32_t *from = (const int32_t *)(const void *)input->mantissas;
  int32_t *to = (int32_t *)(void *)output->mantissas;
  for (const int32_t *end = from + elements / WORD; from != end;) *to++ = *from++;
  for (int32_t i = elements - elements % WORD; i < elements; i++) output->mantissas[i] = input->mantissas[i];
  for (int32_t c = 0; c < input->channels; c++) output->exponents[c] = input->exponents[c];
}
