import { execFileSync } from 'node:child_process';
import { bytesOf, toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type InferenceOptions, inferenceProgram } from '#libs/firmware/program';
import { type Graph, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { runGraph } from '#libs/model/reference';
import { goldenFiles, goldenGraph, goldenInt8 } from '#test/support/golden-models';
import { randomInputs } from '#test/support/random-operators';
import { describeWithShared } from '#test/support/shared-files';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { twoInputsGraph } from './samples';
import { COMPILERS, describeWith, type Sample, takenHome, type TakeHome, withHome } from './take-home';

jest.setTimeout(180_000);

/** clang's traps need no library of its own. */
const SANITIZERS = {
  gcc: ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  clang: ['-O2', '-fsanitize=undefined', '-fsanitize-trap=all'],
} as const;

function sampleOf(graph: Graph, options: InferenceOptions): Sample {
  const program = unwrap(inferenceProgram(graph, options));
  return { ...program, graph: program.inference };
}

const ROWS = { optimize: 'ram', inputRows: true } as const;
const GRAPHS = { 'a classifier': kwsDigitsGraph(), 'two inputs and outputs': twoInputsGraph() } as const;
const NAMES = Object.keys(GRAPHS) as readonly (keyof typeof GRAPHS)[];

/** Reads the inputs from standard input; its reader hands rows over, and ends the program where they are not asked for in order. */
const driver = ({ name, prefix }: TakeHome, { model }: Sample): string => `
#include <stdio.h>
#include <stdlib.h>
#include "${name}.h"
static ${prefix}_ARENA(arena);
static int8_t inputs[${prefix}_INPUTS][${Math.max(...model.facts.inputs.map(({ bytes }) => bytes))}];
static const uint32_t bytes[] = {${model.facts.inputs.map(({ bytes }) => bytes).join(', ')}};
static const uint32_t row_bytes[] = {${model.facts.inputs.map((_, i) => `${prefix}_INPUT_${i}_ROW_BYTES`).join(', ')}};
static uint32_t next[${prefix}_INPUTS];
static void give(void *context, uint32_t index, uint32_t first, uint32_t count, int8_t *rows) {
  if (context != (void *)inputs || next[index] != first) exit(3);
  for (uint32_t i = 0; i < count * row_bytes[index]; i++) rows[i] = inputs[index][first * row_bytes[index] + i];
  next[index] = first + count;
}
int main(void) {
  const ${name}_rows rows = {give, inputs};
  for (uint32_t i = 0; i < ${prefix}_ARENA_BYTES; i++) arena[i] = (uint8_t)(i * 89u);
  for (uint32_t i = 0; i < ${prefix}_INPUTS; i++) {
    if (fread(inputs[i], 1, bytes[i], stdin) != bytes[i]) return 1;
  }
  ${name}_run(arena, &rows);
  for (uint32_t i = 0; i < ${prefix}_INPUTS; i++) {
    if (next[i] * row_bytes[i] != bytes[i]) return 2;
  }
  ${model.facts.outputs.map(({ bytes }, i) => `fwrite(${name}_output(arena, ${i}), 1, ${bytes}, stdout);`).join('\n  ')}
  return 0;
}
`;

const viewed = (value: object | undefined): Uint8Array => {
  if (!ArrayBuffer.isView(value)) throw new Error('the reference has no such tensor');
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
};

describeWith(COMPILERS, 'a library that reads its inputs row by row', () => {
  const home = takenHome({
    'a classifier': sampleOf(GRAPHS['a classifier'], ROWS),
    'two inputs and outputs': sampleOf(GRAPHS['two inputs and outputs'], ROWS),
  });

  it.each(COMPILERS.flatMap((compiler) => NAMES.map((name) => [compiler, name] as const)))(
    'gives the bytes of the reference, clean under warnings and sanitizers: %s, %s',
    (compiler, name) => {
      const graph = GRAPHS[name];
      const taken = home(name);
      const program = taken.program(compiler, driver(taken, sampleOf(graph, ROWS)), SANITIZERS[compiler]);
      for (const seed of [1, 2]) {
        const inputs = randomInputs(graph, seed);
        const says = execFileSync(program, { input: Buffer.concat(inputs.map(viewed)) });
        const values = runGraph(graph, inputs);
        expect(toHex(says)).toBe(toHex(Buffer.concat(graph.outputs.map((id) => viewed(values.get(id))))));
      }
    },
  );

  it.each(NAMES)('has an example that runs: %s', (name) => {
    const taken = home(name);
    const program = taken.program('gcc', taken.read('examples/main.c'));
    const outputs = GRAPHS[name].outputs.length;
    expect(execFileSync(program, { encoding: 'utf8' }).match(/^output \d+:( -?\d+)+$/gm)).toHaveLength(
      outputs,
    );
  });

  it('says on its page and in its header how rows are read, and holds fewer than all of them', () => {
    const taken = home('a classifier');
    const shape = tensorOf(GRAPHS['a classifier'], at(GRAPHS['a classifier'].inputs, 0)).shape;
    expect(taken.read('README.md')).toMatch(new RegExp(`_rows rows = [^]*, read in ${shape[1]} rows`));
    expect(taken.read(`src/${taken.name}.h`)).toContain(`${taken.prefix}_INPUT_0_ROWS ${shape[1]}u`);
    expect(taken.read(`src/${taken.name}.c`)).not.toMatch(/FL_AFTER_|simd/i);
  });
});

describeWith(['gcc'], 'the library of a published model, planned for little memory', () => {
  for (const name of ['mlperf_kws', 'person_detect', 'mcunet_vww'] as const)
    describeWithShared(goldenFiles(name), name, () => {
      it('gives the bytes of TensorFlow Lite Micro, its input read row by row', () => {
        const sample = sampleOf(runPasses(goldenGraph(name), INFERENCE_PASSES), {
          ...ROWS,
          dropConstant: true,
        });
        const { input, output } = goldenInt8(name, '00');
        const says = withHome(sample, (taken) =>
          execFileSync(taken.program('gcc', driver(taken, sample)), { input: bytesOf(input) }),
        );
        expect(toHex(says)).toBe(toHex(output));
        expect(sample.model.facts.arenaBytes).toBeLessThan(
          unwrap(inferenceProgram(sample.graph)).plan.peakBytes,
        );
      });
    });
});
