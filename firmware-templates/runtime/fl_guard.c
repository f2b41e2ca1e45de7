#include "fl_guard.h"

enum { LOSS_MAX = 16 * 65536, SUM_SHIFT = 4 };

/*
 * The integer part is the position of the highest bit. Each bit of the fraction then comes from squaring the mantissa:
 * if m^2 >= 2 the bit is 1, and m^2/2 goes on. Rounding doubles with each squaring; 31 bits of mantissa leave the 16 bits
 * of the answer right for every number of classes up to 4,096 (compared one by one in a test; labels end at 255).
 */
uint32_t fl_guard_chance(uint32_t classes) {
  uint32_t whole = 0;
  while (classes >> (whole + 1) != 0) whole++;
  uint64_t mantissa = (uint64_t)classes << (31 - whole); /* 2^31 stands for 1 */
  uint32_t result = whole << 16;
  for (uint32_t bit = 1u << 15; bit != 0; bit >>= 1) {
    mantissa = (mantissa * mantissa) >> 31;
    if (mantissa < (uint64_t)1 << 32) continue;
    mantissa >>= 1;
    result |= bit;
  }
  return result;
}

uint32_t fl_guard_summand(int32_t loss) {
  if (loss < 0) return 0; /* cannot be, by N3 */
  return (uint32_t)(loss > LOSS_MAX ? LOSS_MAX : loss) >> SUM_SHIFT;
}

bool fl_guard_trips(uint32_t base_sum, uint32_t pass_sum, uint32_t pass, uint32_t items, uint32_t classes) {
  const uint32_t chance_sum = items * (fl_guard_chance(classes) >> SUM_SHIFT);
  const uint32_t limit = pass == 0 && chance_sum > base_sum ? chance_sum : base_sum;
  return pass_sum >= limit;
}

bool fl_guard_helped(fl_guard_look base, fl_guard_look check, uint32_t restarts) {
  return check.loss_sum < base.loss_sum && (restarts == 0 || check.right >= base.right);
}
