#include "fl_kernels.h"

void fl_finish_in_place(const fl_running_gradient *running, const fl_gradient_rules *rules, const fl_gradient *output,
                        int16_t *scratch) {
  const fl_gradient planes = {output->mantissas, scratch, output->channels, output->pixels};
  fl_finish_running_gradient(running, rules, &planes);
  for (int32_t i = 0; i < output->channels; i++) output->exponents[i] = scratch[i];
}
