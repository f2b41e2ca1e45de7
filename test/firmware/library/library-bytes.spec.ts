import { execFileSync } from 'node:child_process';
import { toHex } from '#libs/base/bytes';
import { Rng } from '#libs/base/rng';
import { elementCount, type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { rateOf } from '#libs/model/quant';
import { createSession, runGraph } from '#libs/model/reference';
import { floatDriver, inferenceDriver, trainingDriver } from './drivers';
import { INFERENCE, TRAINING } from './samples';
import { type Compiler, COMPILERS, describeWith, takenHome } from './take-home';

jest.setTimeout(120_000);

const SANITIZED = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const FASTEST = ['-O3'];
/** How every sample is built; clang's sanitizers are a package of their own. */
const FLAGS: Readonly<Record<Compiler, readonly string[]>> = { gcc: SANITIZED, clang: ['-Os'] };
const runsAndTrains = { ...INFERENCE, ...TRAINING };
/** Compilers take longest over the fastest code: one sample that runs and one that trains are built so, too. */
const ALSO_FASTEST = new Set<keyof typeof runsAndTrains>(['a classifier', 'a sparse scheme']);
const homeOf = takenHome(runsAndTrains);

const ints = (count: number, seed: number): Int8Array => {
  const rng = new Rng(seed);
  return Int8Array.from({ length: count }, () => rng.below(256) - 128);
};
const elementsOf = (graph: Graph, ids: readonly TensorId[]): readonly number[] =>
  ids.map((id) => elementCount(tensorOf(graph, id).shape));
const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** What a program answers to `input`, in hexadecimal, built in each of the ways. */
function answers(which: keyof typeof runsAndTrains, compiler: Compiler, driver: string, input: Uint8Array) {
  const ways = ALSO_FASTEST.has(which) ? [FLAGS[compiler], FASTEST] : [FLAGS[compiler]];
  return ways.map((flags) => {
    const program = homeOf(which).program(compiler, driver, flags);
    return toHex(execFileSync(program, { input, maxBuffer: 1 << 24 }));
  });
}

for (const compiler of COMPILERS)
  describeWith([compiler], `with ${compiler}, the bytes are those of the reference`, () => {
    it.each(Object.keys(INFERENCE) as (keyof typeof INFERENCE)[])('inference: %s', (which) => {
      const { name, prefix } = homeOf(which);
      const { graph } = INFERENCE[which];
      const inputs = elementsOf(graph, graph.inputs);
      const runs = [1, 2, 3].map((seed) => inputs.map((count, i) => ints(count, 7 * seed + i)));
      const expected = runs.flatMap((run) => {
        const values = runGraph(graph, run);
        return graph.outputs.map((id) => toHex(bytesOf(values.get(id) as Int8Array)));
      });
      const outputs = elementsOf(graph, graph.outputs);
      const driver = inferenceDriver(name, prefix, { inputs, outputs });
      for (const says of answers(which, compiler, driver, Buffer.concat(runs.flat().map(bytesOf))))
        expect(says).toBe(expected.join(''));
    });

    it.each(Object.keys(TRAINING) as (keyof typeof TRAINING)[])('training: %s', (which) => {
      const { name, prefix } = homeOf(which);
      const { graph, model } = TRAINING[which];
      const steps = Array.from({ length: 6 }, (_, i) => ({
        input: ints(model.facts.inputBytes, i % 4),
        label: (i * 7) % (model.facts.training?.classes ?? 1),
      }));
      const input = Buffer.concat(steps.flatMap((step) => [Uint8Array.of(step.label), bytesOf(step.input)]));
      const expected = reference(graph, steps);
      for (const says of answers(which, compiler, trainingDriver(name, prefix, SEED), input))
        expect(says === expected).toBe(true);
    });
  });

const SEED = 0xfeed;
const rates = { weights: rateOf(0.05), bias: rateOf(0.02), head: rateOf(0.1) };

/** Of each step loss and logits; then state, delta, and the state again: in hexadecimal. */
function reference(graph: Graph, steps: readonly { input: Int8Array; label: number }[]): string {
  const session = createSession(graph);
  const said = steps.map(({ input, label }, index) => {
    session.forward(input);
    const logits = Int32Array.from(session.logits());
    const loss = Int32Array.of(session.loss(label));
    session.backward({ seed: SEED, index, rates });
    return toHex(bytesOf(loss)) + toHex(bytesOf(logits));
  });
  const state = toHex(session.state());
  return [...said, state, toHex(session.delta()), state].join('');
}

describeWith(['gcc'], 'floats', () => {
  const scale = Math.fround(0.0235);
  const zeroPoint = -5;

  /** As TensorFlow Lite: float32 division, halves away from zero, the ends saturate. */
  function elementOf(real: number): number {
    const scaled = Math.fround(real / scale);
    if (Number.isNaN(scaled)) return -128;
    const rounded = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
    return Math.max(-128, Math.min(127, rounded + zeroPoint));
  }

  it('become elements with halves away from zero, and elements floats', () => {
    const halves = Array.from({ length: 300 }, (_, i) => Math.fround((i - 150.5) * scale));
    const rng = new Rng(3);
    const random = Array.from({ length: 3000 }, () => Math.fround((rng.below(1 << 20) - (1 << 19)) / 60_000));
    const reals = Float32Array.from([...halves, ...random, 0, -0, 1e30, -1e30, Infinity, -Infinity, NaN]);
    const expected = new DataView(new ArrayBuffer(5 * reals.length));
    reals.forEach((real, i) => {
      const element = elementOf(real);
      expected.setInt8(5 * i, element);
      expected.setFloat32(5 * i + 1, scale * (element - zeroPoint), true);
    });
    const home = homeOf('a classifier');
    const driver = floatDriver(home.name, `${scale.toPrecision(9)}f`, zeroPoint);
    const says = execFileSync(home.program('gcc', driver), { input: bytesOf(reals) });
    expect(toHex(says)).toBe(toHex(bytesOf(expected)));
  });
});
