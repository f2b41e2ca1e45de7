/* Trains @title@ to tell made-up inputs apart, one pattern a class, and prints the loss of every pass. */
#include <stdio.h>

#include "@name@.h"

enum { PASSES = 5, SEED = 1 };

static @NAME@_ARENA(arena);
static @inputType@ input[@NAME@_INPUT_BYTES];

/* The pattern of a class, always the same: put the readings of your sensor here. */
static void make_up(uint32_t label) {
  uint32_t x = label + 1u;
  for (uint32_t i = 0; i < @NAME@_INPUT_BYTES; i++) {
    x = x * 1664525u + 1013904223u;
    input[i] = (@inputType@)((int32_t)(x >> 24) - @inputOffset@);
  }
}

int main(void) {
  static const @name@_rates rates = @NAME@_RATES(@NAME@_RATE_0_02);
  uint32_t step = 0;
  @name@_load(arena);
  for (uint32_t pass = 0; pass < PASSES; pass++) {
    int64_t sum = 0;
    uint32_t right = 0;
    for (uint32_t label = 0; label < @NAME@_CLASSES; label++) {
      make_up(label);
      sum += @name@_train_step(arena, input, label, SEED, step++, &rates);
    }
    for (uint32_t label = 0; label < @NAME@_CLASSES; label++) {
      make_up(label);
      @name@_run(arena, input);
      right += @name@_predict(arena) == label;
    }
    printf("pass %u: mean loss %ld/1000 bit, then %u of %u right\n", (unsigned)(pass + 1),
           (long)(sum * 1000 / @NAME@_CLASSES / 65536), (unsigned)right, (unsigned)@NAME@_CLASSES);
  }
  return 0;
}
