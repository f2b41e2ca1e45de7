#include "fl_sum.h"
#include "fl_record.h"

void fl_record_difference(const fl_add *sub, const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask) {
  fl_recording at = fl_begin_recording(operands, first, second, mask);
  do {
    const int32_t difference = fl_sum_first(sub, *at.first) - fl_sum_second(sub, *at.second);
    fl_record(&at, fl_sum_output(sub, difference), sub->low, sub->high, mask);
  } while (fl_record_on(operands, first, second, &at));
}
