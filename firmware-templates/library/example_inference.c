/* Runs @title@ on a made-up input and prints its outputs. */
#include <stdio.h>

#include "@name@.h"

static @NAME@_ARENA(arena);

static const uint32_t input_elements[] = {@inputElements@};
static const uint32_t output_elements[] = {@outputElements@};

/* Some bytes, always the same: put the readings of your sensor here. */
static uint8_t made_up(uint32_t i) { return (uint8_t)(((i + 1u) * 2654435761u) >> 24); }

int main(void) {
  for (uint32_t port = 0; port < @NAME@_INPUTS; port++) {
    uint8_t *input = (uint8_t *)@name@_input(arena, port);
    for (uint32_t i = 0; i < input_elements[port]; i++) input[i] = made_up(i);
  }
  @name@_run(arena);
  for (uint32_t port = 0; port < @NAME@_OUTPUTS; port++) {
    const @outputElement@ *output = @name@_output(arena, port);
    printf("output %u:", (unsigned)port);
    for (uint32_t i = 0; i < output_elements[port]; i++) printf(" %d", output[i]);
    printf("\n");
  }
  return 0;
}
