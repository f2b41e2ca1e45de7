#include "fl_kernels.h"
#include "fl_fill_row.h"

void fl_begin_running_gradient(fl_running_gradient *running) {
  fl_fill_row(running->sums, running->inputs * running->pixels, 0);
  running->exponent = FL_NO_EXPONENT;
}
