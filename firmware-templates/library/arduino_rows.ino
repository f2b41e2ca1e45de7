/* Runs @title@ on a made-up input, which it reads row by row, and prints the first output. */
#include <@name@.h>

static @NAME@_ARENA(arena);
static const uint32_t row_bytes[] = {@inputRowBytes@};

/* Put the readings of your sensor here. */
static void read_rows(void *, uint32_t index, uint32_t first, uint32_t count, @inputType@ *rows) {
  for (uint32_t i = 0; i < count * row_bytes[index]; i++) ((@inputElement@ *)rows)[i] = (@inputElement@)(first + i);
}

static const @name@_rows rows = {read_rows, NULL};

void setup() { Serial.begin(115200); }

void loop() {
  const uint32_t start = micros();
  @name@_run(arena, &rows);
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
