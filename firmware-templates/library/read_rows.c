#include "library/@name@.h"
#include "fl_model.h"

void fl_model_read_input(const int8_t *input, uint32_t port, uint32_t first, uint32_t count, int8_t *rows) {
  const @name@_rows *from = (const @name@_rows *)(const void *)input;
  from->read(from->context, port, first, count, (@inputType@ *)rows);
}
