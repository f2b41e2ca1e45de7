/* Runs @title@ on a made-up input and prints the first output. */
#include <@name@.h>

static @NAME@_ARENA(arena);

void setup() { Serial.begin(115200); }

void loop() {
  @inputElement@ *input = (@inputElement@ *)@name@_input(arena, 0);
  for (uint32_t i = 0; i < @NAME@_INPUT_0_ELEMENTS; i++) input[i] = (@inputElement@)i; /* put the readings of your sensor here */
  const uint32_t start = micros();
  @name@_run(arena);
  const uint32_t took = micros() - start;
  const @outputElement@ *output = (const @outputElement@ *)@name@_output(arena, 0);
  for (uint32_t i = 0; i < @NAME@_OUTPUT_0_ELEMENTS; i++) {
    Serial.print(output[i]);
    Serial.print(' ');
  }
  Serial.print("us: ");
  Serial.println(took);
  delay(1000);
}
