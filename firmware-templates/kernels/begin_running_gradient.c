#include "fl_kernels.h"

void fl_begin_running_gradient(fl_running_gradient *running) {
  const int32_t elements = running->inputs * running->pixels;
  for (int32_t i = 0; i < elements; i++) running->sums[i] = 0;
  running->exponent = FL_NO_EXPONENT;
}
