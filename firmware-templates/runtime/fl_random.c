#include "fl_random.h"

#include "fl_bytes.h"
#include "fl_step.h"

void fl_random_seed(fl_random *random, const uint8_t uid[8], uint32_t boots) {
  uint32_t halves[2];
  fl_copy(halves, uid, sizeof halves);
  random->key = fl_hash(fl_hash(fl_hash(halves[0]) ^ halves[1]) + boots);
  random->counter = 0;
}

uint32_t fl_random_next(fl_random *random) {
  return fl_hash(random->key + 0x9E3779B9u * random->counter++);
}
