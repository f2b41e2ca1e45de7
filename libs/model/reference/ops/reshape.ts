import type { Reshape } from '#libs/model/ir';
import type { PrepareForward } from '../machine';

/** RESHAPE: the same bytes. */
export const reshape: PrepareForward<Reshape> = (op, { memory }) => {
  const input = memory.int8(op.input);
  const output = memory.int8(op.output);
  return () => output.set(input);
};
