/* Random numbers from a counter (the hash of NUMERICS N8), for jitter and nonces: never for what must be replayed. */
#ifndef FL_RANDOM_H
#define FL_RANDOM_H

#include <stdint.h>

typedef struct {
  uint32_t key;
  uint32_t counter;
} fl_random;

/* The same uid and start give the same numbers: two boards, or two starts of one, do not. */
void fl_random_seed(fl_random *random, const uint8_t uid[8], uint32_t boots);
uint32_t fl_random_next(fl_random *random);

#endif
