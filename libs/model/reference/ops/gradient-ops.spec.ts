import type { GradientOp, Op, Tensor, TensorId } from '#libs/model/ir';
import { tensorId } from '#libs/model/ir';
import { type Machine } from '../machine';
import { Memory, NONE } from '../memory';
import { isForward, prepareBackward, prepareForward } from '.';
import { uniformRates } from '#libs/model/quant';

const STEP = { seed: 1, index: 0, rates: uniformRates(0.01) };
const id = tensorId;

/** A machine of the tensors given as [type, shape], with 14 mantissa bits. */
function machineOf(
  tensors: readonly (readonly [Tensor['type'], readonly number[]])[],
  ops: readonly Op[] = [],
): Machine {
  const graph = {
    name: 'ops',
    ops,
    inputs: [],
    outputs: [],
    tensors: tensors.map(([type, shape], index) => ({
      id: id(index),
      name: `t${index}`,
      type,
      shape,
      role: 'activation' as const,
      quantization: { scales: [0.5], zeroPoints: [0], axis: 0 },
    })),
  };
  return { graph, memory: new Memory(graph), mantissaBits: 14 };
}

function fill(
  machine: Machine,
  of: TensorId,
  mantissas: readonly number[],
  exponents: readonly number[],
): void {
  machine.memory.blockFloat(of).mantissas.set(mantissas);
  machine.memory.blockFloat(of).exponents.set(exponents);
}

function run(machine: Machine, op: GradientOp): void {
  if (isForward(op)) prepareForward(op, machine)();
  else prepareBackward(op, machine)(STEP);
}

const valueOf = (machine: Machine, of: TensorId): readonly (readonly number[])[] => {
  const { mantissas, exponents } = machine.memory.blockFloat(of);
  return [[...mantissas], [...exponents]];
};

const UNIT = { mantissa: 32768, exponent: 0 };

describe('addGradient (G4)', () => {
  const sum = (terms: readonly { mantissa: number; exponent: number }[], mask?: TensorId): GradientOp => ({
    kind: 'addGradient',
    name: 'sum',
    terms: terms.map((ratio, index) => ({ gradient: id(index), ratio })),
    ...(mask !== undefined && { mask }),
    output: id(2),
  });
  const shapes = [
    ['blockFloat', [3, 2]],
    ['blockFloat', [3, 2]],
    ['blockFloat', [3, 2]],
    ['mask', [1, 1, 2, 3]],
  ] as const;

  it('aligns to the larger exponent of each channel, rounds halves up, and keeps channels without exponent', () => {
    const machine = machineOf(shapes);
    fill(machine, id(0), [100, -100, 7, 8, 0, 0], [-3, -5, NONE]);
    fill(machine, id(1), [1, 3, 5, -5, 0, 0], [-5, NONE, NONE]);
    run(machine, sum([UNIT, UNIT]));
    // Channel 0: (100 + 1/4, -100 + 3/4) * 2^-3, with 14 bits: 100.25 * 128, -99.25 * 128; channel 1: 7 * 1024, 8 * 1024.
    expect(valueOf(machine, id(2))).toEqual([
      [12832, -12704, 7168, 8192, 0, 0],
      [-10, -15, NONE],
    ]);
  });

  it('takes ratios and signs, and lets nothing through a clamp that acted', () => {
    const machine = machineOf(shapes);
    fill(machine, id(0), [100, -100, 7, 8, 1, 1], [0, 0, 0]);
    fill(machine, id(1), [100, 100, 7, 8, 1, 1], [0, 0, 0]);
    // Bits in HWC order: pixel 0 of channels 0, 1, 2, then pixel 1.
    machine.memory.bytes(id(3))[0] = 0b101011;
    run(machine, sum([UNIT, { mantissa: -16384, exponent: 0 }], id(3)));
    const [mantissas = [], exponents = []] = valueOf(machine, id(2));
    const real = mantissas.map((m, i) => (m === 0 ? 0 : m * 2 ** (exponents[Math.floor(i / 2)] ?? 0)));
    expect(real).toEqual([50, -150, 3.5, 0, 0, 0.5]);
  });
});

describe('squaredError (G11)', () => {
  it('gives 16 times the mean squared difference, and differences times the ratio', () => {
    const machine = machineOf([
      ['int8', [1, 3]],
      ['int8', [1, 3]],
      ['blockFloat', [3, 1]],
      ['int32', [1]],
      ['uint8', [1]],
    ]);
    machine.memory.int8(id(0)).set([127, 0, -5]);
    machine.memory.int8(id(1)).set([-128, 0, 5]);
    const op: GradientOp = {
      kind: 'squaredError',
      name: 'error',
      prediction: id(0),
      target: id(1),
      label: id(4),
      gradient: id(2),
      loss: id(3),
      ratio: { mantissa: 32768, exponent: -1 },
    };
    run(machine, op);
    expect(machine.memory.int32(id(3))[0]).toBe(Math.floor((16 * (255 ** 2 + 100)) / 3));
    const [mantissas = [], exponents = []] = valueOf(machine, id(2));
    const real = mantissas.map((m, i) => (m === 0 ? 0 : m * 2 ** (exponents[i] ?? 0)));
    expect(real).toEqual([127.5, 0, -5]);
    expect(exponents[1]).toBe(NONE);
  });
});
