/* Trains @title@ to tell made-up inputs apart, one pattern a class, and prints the loss of every pass. */
#include <@name@.h>

static @NAME@_ARENA(arena);
static @inputType@ input[@NAME@_INPUT_BYTES];
static const @name@_rates rates = @NAME@_RATES(@NAME@_RATE_0_02);
static uint32_t step = 0;

/* The pattern of a class: put the readings of your sensor here. */
static void make_up(uint32_t label) {
  uint32_t x = label + 1u;
  for (uint32_t i = 0; i < @NAME@_INPUT_BYTES; i++) {
    x = x * 1664525u + 1013904223u;
    input[i] = (@inputType@)((int32_t)(x >> 24) - @inputOffset@);
  }
}

void setup() {
  Serial.begin(115200);
  @name@_load(arena);
}

void loop() {
  int64_t sum = 0;
  for (uint32_t label = 0; label < @NAME@_CLASSES; label++) {
    make_up(label);
    sum += @name@_train_step(arena, input, label, 1, step++, &rates);
  }
  Serial.print("mean loss in 1/1000 bit: ");
  Serial.println((long)(sum * 1000 / @NAME@_CLASSES / 65536));
}
