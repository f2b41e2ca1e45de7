import { type Graph, type ScaleGradient, type SoftmaxCrossEntropy, tensorId } from '#libs/model/ir';
import { unwrap } from '#libs/base/result';
import { trainingGraph } from '#libs/model/passes';
import { trainingConstants, uniformRates } from '#libs/model/quant';
import { residualNetwork } from '#test/support/tiny-networks';
import { machineFor } from '../machine';
import { NONE } from '../memory';
import { prepareBackward } from '.';
import { softmaxCrossEntropy } from './softmax-cross-entropy';
import { steppedBias, steppedHeadWeight, steppedWeight, stepOf } from './parameter-step';

const STEP = { seed: 1, index: 0, rates: uniformRates(0.02) };

function lossOf(
  logits: readonly number[],
  label: number,
): { readonly loss: number; readonly error: readonly number[] } {
  const tensor = (index: number, type: 'int32' | 'uint8', length: number) =>
    ({ id: tensorId(index), name: `t${index}`, type, shape: [length], role: 'activation' }) as const;
  const { length } = logits;
  const tensors = [
    tensor(0, 'int32', length),
    tensor(1, 'uint8', 1),
    tensor(2, 'int32', length),
    tensor(3, 'int32', 1),
  ];
  const graph: Graph = { name: 'loss', tensors, ops: [], inputs: [], outputs: [] };
  const machine = machineFor(graph);
  const ids = { logits: tensorId(0), label: tensorId(1), error: tensorId(2), loss: tensorId(3) };
  const op: SoftmaxCrossEntropy = { kind: 'softmaxCrossEntropy', name: 'loss', ...ids };
  machine.memory.int32(ids.logits).set(logits);
  machine.memory.bytes(ids.label)[0] = label;
  softmaxCrossEntropy(op, machine)();
  return { loss: machine.memory.int32(ids.loss)[0]!, error: [...machine.memory.int32(ids.error)] };
}

describe('softmax and cross-entropy', () => {
  it('of equal logits is even, its loss the logarithm of their number', () => {
    expect(lossOf([5, 5, 5, 5], 2)).toEqual({ loss: 2 * 65536, error: [8192, 8192, 8192 - 32768, 8192] });
  });

  it('agrees with floating point to a few units', () => {
    const logits = [-300_000, 12_345, 200_000, 150_001];
    const powers = logits.map((u) => 2 ** (u / 65536));
    const sum = powers.reduce((a, b) => a + b, 0);
    const { loss, error } = lossOf(logits, 1);
    expect(Math.abs(loss / 65536 + Math.log2(powers[1]! / sum))).toBeLessThan(1e-3);
    powers.forEach((power, k) =>
      expect(Math.abs(error[k]! - (power / sum - (k === 1 ? 1 : 0)) * 32768)).toBeLessThan(4),
    );
  });

  it('survives logits at both ends of int32', () => {
    expect(lossOf([2 ** 30, -(2 ** 30)], 0)).toEqual({ loss: 0, error: [0, 0] });
    expect(lossOf([2 ** 30, -(2 ** 30) + 1], 1)).toEqual({ loss: 2 ** 31 - 1, error: [32768, -32768] });
  });
});

describe('the scaling of a gradient', () => {
  const scheme = { name: 'biases', biasLayers: 4, weightLayers: [] };
  const graph = unwrap(trainingGraph(residualNetwork(), scheme));
  const scalings = graph.ops.filter((op): op is ScaleGradient => op.kind === 'scaleGradient');
  const scaled = (op: ScaleGradient, exponents: readonly number[]) => {
    const machine = machineFor(graph);
    const input = machine.memory.blockFloat(op.input);
    input.exponents.set(exponents);
    input.mantissas.forEach((_, i) => {
      const isLive = exponents[Math.floor((i * exponents.length) / input.mantissas.length)] !== NONE;
      input.mantissas[i] = isLive ? 1000 + i : 0;
    });
    if (op.mask !== undefined) machine.memory.bytes(op.mask).fill(0xff);
    prepareBackward(op, machine)(STEP);
    return machine.memory.blockFloat(op.output);
  };
  const [project, depthwise] = scalings;

  it('gives depthwise and expanding layers an exponent a channel, all others one for all', () => {
    expect(scalings.map(({ name, exponents }) => `${name} ${exponents}`)).toEqual([
      'b1.pw.scale shared',
      'b1.dw.scale own',
      'b1.ex.scale own',
      'stem.scale shared',
    ]);
  });

  it('shares the largest exponent, and none where no channel has one', () => {
    const { exponents } = trainingConstants(graph, project!.layer).gradient;
    const live = scaled(project!, [-20, NONE, -12, -30]);
    const largest = Math.max(-20 + exponents[0]!, -12 + exponents[2]!, -30 + exponents[3]!);
    expect([...live.exponents]).toEqual([largest, largest, largest, largest]);
    const dead = scaled(project!, [NONE, NONE, NONE, NONE]);
    expect(new Set(dead.exponents)).toEqual(new Set([NONE]));
    expect(new Set(dead.mantissas)).toEqual(new Set([0]));
  });

  it('keeps the width of mantissas where channels have their own exponents', () => {
    const { mantissas, exponents } = trainingConstants(graph, depthwise!.layer).gradient;
    const given = [-20, NONE, -12, -30, -5, -6, -7, -8];
    const h = scaled(depthwise!, given);
    const pixels = h.mantissas.length / given.length;
    given.forEach((exponent, o) => {
      expect(h.exponents[o]).toBe(exponent === NONE ? NONE : exponent + exponents[o]!);
      const expected =
        exponent === NONE ? 0 : Math.floor(((1000 + o * pixels) * mantissas[o]!) / 32768 + 0.5);
      expect(h.mantissas[o * pixels]).toBe(expected);
    });
  });
});

describe('a parameter step (N7)', () => {
  it('shifts the product right with rounding and left with saturation', () => {
    const step = { multiplier: 2 ** 30, exponent: 0 };
    expect(stepOf(1000, 0, step)).toBe(250);
    expect(stepOf(1000, -2, step)).toBe(63);
    expect(stepOf(1000, 3, step)).toBe(2000);
    expect(stepOf(-1000, 100, step)).toBe(-(2 ** 31 - 1));
  });

  it('moves a weight by at most 8, by chance in between, and within +-127', () => {
    expect(steppedWeight(10, 100 * 65536, 0)).toBe(2);
    expect(steppedWeight(-126, 3 * 65536, 0)).toBe(-127);
    expect([0, 32767, 32768, 65535].map((draw) => steppedWeight(0, 32768, draw))).toEqual([-1, -1, 0, 0]);
  });

  it('moves a head weight by at most 64 LSB of 16 units, within +-8191', () => {
    expect(steppedHeadWeight(0, -100 * 65536, 0)).toBe(1024);
    expect(steppedHeadWeight(8000, -64 * 65536, 0)).toBe(8191);
  });

  it('keeps a bias within +-2^30', () => {
    expect(steppedBias(-(2 ** 30) + 5, 10)).toBe(-(2 ** 30));
    expect(steppedBias(100, 1)).toBe(99);
  });
});
