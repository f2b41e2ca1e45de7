import { type Add, type Graph, perTensor, type TensorId, tensorOf } from '#libs/model/ir';
import { activationRange } from './activation-range';
import { addConstants } from './elementwise-constants';
import { multiplyByQuantizedMultiplier } from './fixed-point';

/**
 * An ADD as one affine form of the stored bytes: clamp8((first * x + second * y + addend) >> shift). Proved by trying all
 * 65,536 pairs.
 */
export interface AffineSum {
  readonly first: number;
  readonly second: number;
  readonly addend: number;
  readonly shift: number;
}

const LOW = -128;
const HIGH = 127;
const BYTES = Array.from({ length: HIGH - LOW + 1 }, (_, i) => i + LOW);
/** Fewer fractional bits are too coarse, with more the sum leaves 32 bits. */
const SHIFTS = [12, 14, 16, 18, 20, 21];
const NUDGES = [0, 1, -1, 2, -2];

type Factors = Omit<AffineSum, 'addend'>;

/** What N2 gives for all pairs, by the first byte, then the second. */
function outputsOf(graph: Graph, op: Add): Int8Array {
  const { leftShift, first, second, output } = addConstants(graph, op);
  const zeroOf = (id: TensorId): number => perTensor(tensorOf(graph, id)).zeroPoint;
  const scaled = (index: 0 | 1, by: typeof first): readonly number[] =>
    BYTES.map((byte) => (byte - zeroOf(op.inputs[index])) << leftShift).map((value) =>
      multiplyByQuantizedMultiplier(value, by.multiplier, by.shift),
    );
  const [firsts, seconds] = [scaled(0, first), scaled(1, second)];
  const zero = zeroOf(op.output);
  const requantised = (sum: number): number =>
    multiplyByQuantizedMultiplier(sum, output.multiplier, output.shift) + zero;
  return Int8Array.from(
    firsts.flatMap((x) => seconds.map((y) => Math.min(HIGH, Math.max(LOW, requantised(x + y))))),
  );
}

/** The addend with which the factors give all outputs, if there is one. */
function addendFor(outputs: Int8Array, { first, second, shift }: Factors): number | undefined {
  const unit = 2 ** shift;
  let [least, most] = [-Infinity, Infinity];
  for (let i = 0; i < outputs.length; i++) {
    const value = outputs[i] as number;
    const sum = first * ((i >> 8) + LOW) + second * ((i & 0xff) + LOW);
    if (value > LOW) least = Math.max(least, value * unit - sum);
    if (value < HIGH) most = Math.min(most, (value + 1) * unit - 1 - sum);
    if (least > most) return undefined;
  }
  if (least === -Infinity || most === Infinity) return undefined;
  const addend = Math.floor((least + most) / 2);
  const largest = (first + second) * -LOW + Math.abs(addend);
  return largest < 2 ** 31 ? addend : undefined;
}

/** The form of an ADD of two whole tensors without a clamp of its own, where there is one. */
export function affineSum(graph: Graph, op: Add): AffineSum | undefined {
  const target = perTensor(tensorOf(graph, op.output));
  const { min, max } = activationRange(op.activation, target);
  if (min !== LOW || max !== HIGH) return undefined;
  const outputs = outputsOf(graph, op);
  const nominal = op.inputs.map((id) => perTensor(tensorOf(graph, id)).scale / target.scale);
  for (const shift of SHIFTS) {
    const [a, b] = nominal.map((scale) => Math.round(scale * 2 ** shift));
    if (a === undefined || b === undefined || (a + b) * 256 >= 2 ** 31) return undefined;
    for (const one of NUDGES) {
      for (const other of NUDGES) {
        const factors = { first: a + one, second: b + other, shift };
        const addend = addendFor(outputs, factors);
        if (addend !== undefined) return { ...factors, addend };
      }
    }
  }
  return undefined;
}
