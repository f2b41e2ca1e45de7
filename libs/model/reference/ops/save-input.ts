import { type SaveInput } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { tensorOf } from '#libs/model/ir';

/** The first n channels of a map, plane by plane. */
export const saveInput: PrepareForward<SaveInput> = (op, { graph, memory }) => {
  const all = tensorOf(graph, op.input).shape.at(-1) ?? 0;
  const [channels = 0, pixels = 0] = tensorOf(graph, op.output).shape;
  const input = memory.int8(op.input);
  const planes = memory.int8(op.output);
  return () => {
    for (let i = 0; i < channels; i++) {
      for (let p = 0; p < pixels; p++) planes[i * pixels + p] = input[p * all + i] as number;
    }
  };
};
