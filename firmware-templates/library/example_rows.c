/* Runs @title@ on a made-up input, which it reads row by row, and prints its outputs. */
#include <stdio.h>

#include "@name@.h"

static @NAME@_ARENA(arena);

static const uint32_t row_bytes[] = {@inputRowBytes@};
static const uint32_t output_elements[] = {@outputElements@};

/* Some bytes, always the same: put the readings of your sensor here. */
static uint8_t made_up(uint32_t i) { return (uint8_t)(((i + 1u) * 2654435761u) >> 24); }

static void read_rows(void *context, uint32_t index, uint32_t first, uint32_t count, @inputType@ *rows) {
  uint8_t *bytes = (uint8_t *)rows;
  (void)context;
  for (uint32_t i = 0; i < count * row_bytes[index]; i++) bytes[i] = made_up(first * row_bytes[index] + i);
}

int main(void) {
  const @name@_rows rows = {read_rows, NULL};
  @name@_run(arena, &rows);
  for (uint32_t port = 0; port < @NAME@_OUTPUTS; port++) {
    const @outputElement@ *output = (const @outputElement@ *)@name@_output(arena, port);
    printf("output %u:", (unsigned)port);
    for (uint32_t i = 0; i < output_elements[port]; i++) printf(" %d", output[i]);
    printf("\n");
  }
  return 0;
}
