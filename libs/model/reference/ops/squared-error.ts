import { type SquaredError } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { rowCloser } from './gradient-rows';

/** Fractional bits of the loss: a squared difference is below 2^16, so a loss is below 2^20, which the guard caps at. */
const LOSS_FACTOR = 16;

/** G11: differences d of stored values; loss = floor(16 * sum d^2 / n), gradient d * 2 * scale^2 / n. */
export const squaredError: PrepareForward<SquaredError> = (op, machine) => {
  const { memory } = machine;
  const prediction = memory.int8(op.prediction);
  const { buffer, byteOffset } = memory.bytes(op.label);
  const target = op.target === undefined ? new Int8Array(buffer, byteOffset, 1) : memory.int8(op.target);
  const closer = rowCloser(
    { output: op.gradient, ...(op.mask !== undefined && { mask: op.mask }) },
    machine,
    op.ratio,
  );
  const { exponents } = memory.blockFloat(op.gradient);
  const loss = memory.int32(op.loss);
  const differenceAt = (i: number): number => (prediction[i] as number) - (target[i] as number);
  return () => {
    let sum = 0;
    for (let i = 0; i < prediction.length; i++) sum += differenceAt(i) ** 2;
    loss[0] = Math.floor((LOSS_FACTOR * sum) / prediction.length);
    for (let c = 0; c < exponents.length; c++) {
      for (let p = 0; p < closer.row.length; p++) closer.row[p] = differenceAt(p * exponents.length + c);
      closer.close(c, 0);
    }
  };
};
