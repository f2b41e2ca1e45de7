import type { OperatorReader } from './operator-reader';

/** A dimension as a file names it, negative ones counted from the end, as 0 up to the rank. */
export function readAxis(operator: OperatorReader, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive >= 0 && positive < rank) return positive;
  return operator.refuse('tflite.bad-shape', `names dimension ${axis} of ${rank}`);
}
