#include "fl_kernels.h"

void fl_finish_running_gradient(const fl_running_gradient *running, const fl_gradient_rules *rules,
                                const fl_gradient *output) {
  for (int32_t i = 0; i < running->inputs; i++) {
    const fl_gradient plane = fl_gradient_from(output, i);
    fl_finish_gradient_row(running->sums + i * running->pixels, i, running->exponent, rules, &plane);
  }
}
