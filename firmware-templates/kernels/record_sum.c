#include "fl_sum.h"
#include "fl_record.h"

void fl_record_sum(const fl_add *add, const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask) {
  fl_recording at = fl_begin_recording(operands, first, second, mask);
  do {
    const int32_t sum = fl_sum_first(add, *at.first) + fl_sum_second(add, *at.second);
    fl_record(&at, fl_sum_output(add, sum), add->low, add->high, mask);
  } while (fl_record_on(operands, first, second, &at));
}
