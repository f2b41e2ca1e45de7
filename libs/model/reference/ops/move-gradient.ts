import { type GradientWalk, type MoveGradient, perTensor, tensorOf } from '#libs/model/ir';
import { roundingShiftRight } from '#libs/model/quant';
import type { Machine, PrepareBackward } from '../machine';
import { NONE } from '../memory';
import { rowCloser } from './gradient-rows';

/** What meets in one channel of the operand. */
interface Pairs {
  /** Pixels of the operand. */
  readonly pixels: Int32Array;
  /** Elements of the result and of the other factor, row-major, for the first channel. */
  readonly results: Int32Array;
  readonly factors: Int32Array;
}

function pairsOf({ loops, start }: GradientWalk): Pairs {
  const walk = (first: number, step: 'pixel' | 'result' | 'factor'): Int32Array =>
    Int32Array.from(
      loops.reduce<readonly number[]>(
        (places, loop) =>
          places.flatMap((place) => Array.from({ length: loop.extent }, (_, i) => place + i * loop[step])),
        [first],
      ),
    );
  return {
    pixels: walk(start.pixel, 'pixel'),
    results: walk(start.result, 'result'),
    factors: walk(start.factor, 'factor'),
  };
}

/** x - z of the other factor of a product; 1 where nothing is multiplied. */
function factorOf({ factor }: MoveGradient, { graph, memory }: Machine): (element: number) => number {
  if (factor === undefined) return () => 1;
  const values = memory.int8(factor);
  const { zeroPoint } = perTensor(tensorOf(graph, factor));
  return (element) => (values[element] as number) - zeroPoint;
}

/** G5. */
export const moveGradient: PrepareBackward<MoveGradient> = (op, machine) => {
  const { memory } = machine;
  const gradient = memory.blockFloat(op.gradient);
  const resultChannels = gradient.exponents.length;
  const resultPixels = gradient.mantissas.length / resultChannels;
  const closer = rowCloser(op, machine, op.ratio);
  const { row } = closer;
  const channels = memory.blockFloat(op.output).exponents.length;
  const { pixels, results, factors } = pairsOf(op.walk);
  const factor = factorOf(op, machine);
  const walked = op.walk.channels;

  const sumRow = (index: number): number => {
    const exponentOf = (pair: number): number =>
      gradient.exponents[((results[pair] as number) + index * walked.result) % resultChannels] as number;
    let largest = NONE;
    for (let pair = 0; pair < pixels.length; pair++) largest = Math.max(largest, exponentOf(pair));
    row.fill(0);
    for (let pair = 0; pair < pixels.length; pair++) {
      const own = exponentOf(pair);
      if (own === NONE) continue;
      const element = (results[pair] as number) + index * walked.result;
      const place = (element % resultChannels) * resultPixels + Math.floor(element / resultChannels);
      const by = factor((factors[pair] as number) + index * walked.factor);
      row[pixels[pair] as number]! += roundingShiftRight(
        (gradient.mantissas[place] as number) * by,
        largest - own,
      );
    }
    return largest;
  };

  return () => {
    for (let c = 0; c < channels; c++) {
      const index = (c - walked.first) / walked.step;
      const isWalked = Number.isInteger(index) && index >= 0 && index < walked.count;
      closer.close(c, isWalked ? sumRow(index) : NONE);
    }
  };
};
