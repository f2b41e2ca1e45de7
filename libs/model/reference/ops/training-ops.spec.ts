import { type Graph, type ScaleGradient, type SoftmaxCrossEntropy, tensorId } from '#libs/model/ir';
import { unwrap } from '#libs/base/result';
import { trainingGraph } from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
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
  it('stops the step where no channel lives', () => {
    const scheme = { name: 'biases', biasLayers: 1, weightLayers: [] };
    const graph = unwrap(trainingGraph(residualNetwork(), scheme));
    const machine = machineFor(graph);
    const op = graph.ops.find((candidate): candidate is ScaleGradient => candidate.kind === 'scaleGradient');
    const { exponents } = machine.memory.blockFloat(op!.input);
    exponents.fill(NONE);
    expect(prepareBackward(op!, machine)(STEP)).toBe('stop');
    exponents[0] = -20;
    expect(prepareBackward(op!, machine)(STEP)).toBe('continue');
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
