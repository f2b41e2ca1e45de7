/** Mains that feed a library from standard input and write what it says to standard output, all little-endian. */

const head = (name: string, prefix: string): string => `
#include <stdio.h>
#include "${name}.h"
static ${prefix}_ARENA(arena);
static void put(const void *bytes, size_t count) { fwrite(bytes, 1, count, stdout); }
`;

/** Every input in turn, then every output in turn, until there are no more inputs. */
export const inferenceDriver = (
  name: string,
  prefix: string,
  elements: { readonly inputs: readonly number[]; readonly outputs: readonly number[] },
): string => `${head(name, prefix)}
static const size_t inputs[] = {${elements.inputs.join(', ')}};
static const size_t outputs[] = {${elements.outputs.join(', ')}};
int main(void) {
  for (;;) {
    for (uint32_t i = 0; i < ${prefix}_INPUTS; i++) {
      if (fread(${name}_input(arena, i), 1, inputs[i], stdin) != inputs[i]) return 0;
    }
    ${name}_run(arena);
    for (uint32_t i = 0; i < ${prefix}_OUTPUTS; i++) put(${name}_output(arena, i), outputs[i]);
  }
}
`;

/** Steps: a byte of label, the input. Answers: loss and logits of each; then state, delta, and the state once more, carried over. */
export const trainingDriver = (name: string, prefix: string, seed: number): string => `${head(name, prefix)}
static ${prefix}_ARENA(other);
static int8_t input[${prefix}_INPUT_BYTES];
static uint8_t stream[${prefix}_DELTA_BYTES];
int main(void) {
  static const ${name}_rates rates = {${prefix}_RATE_0_05, ${prefix}_RATE_0_02, ${prefix}_RATE_0_1};
  ${name}_load(arena);
  for (uint32_t step = 0;; step++) {
    const int label = getchar();
    if (label == EOF) break;
    if (fread(input, 1, sizeof input, stdin) != sizeof input) return 1;
    const int32_t loss = ${name}_train_step(arena, input, (uint32_t)label, ${seed}u, step, &rates);
    put(&loss, 4);
    put(${name}_logits(arena), 4 * ${prefix}_CLASSES);
  }
  if (${name}_train_step(arena, input, ${prefix}_CLASSES, 1, 0, &rates) != ${prefix}_BAD_LABEL) return 2;
  if (${name}_loss(arena, ${prefix}_CLASSES) != ${prefix}_BAD_LABEL) return 3;
  ${name}_read_state(arena, 0, stream, ${prefix}_STATE_BYTES);
  put(stream, ${prefix}_STATE_BYTES);
  ${name}_load(other);
  for (uint32_t at = 0; at < ${prefix}_STATE_BYTES; at += 61) {
    const uint32_t left = ${prefix}_STATE_BYTES - at;
    ${name}_write_state(other, at, stream + at, left < 61 ? left : 61);
  }
  ${name}_read_delta(arena, 0, stream, ${prefix}_DELTA_BYTES);
  put(stream, ${prefix}_DELTA_BYTES);
  ${name}_read_state(other, 0, stream, ${prefix}_STATE_BYTES);
  put(stream, ${prefix}_STATE_BYTES);
  return 0;
}
`;

/** The float helpers: each float to its element, and back. */
export const floatDriver = (name: string, scale: string, zeroPoint: number): string => `
#include <stdio.h>
#include "${name}.h"
int main(void) {
  float real;
  while (fread(&real, sizeof real, 1, stdin) == 1) {
    const int8_t element = ${name}_quantize(real, ${scale}, ${zeroPoint});
    const float back = ${name}_dequantize(element, ${scale}, ${zeroPoint});
    fwrite(&element, 1, 1, stdout);
    fwrite(&back, 4, 1, stdout);
  }
  return 0;
}
`;
