import { type Graph, type Tensor, type TensorId, tensorOf } from '#libs/model/ir';
import type { GraphDraft } from '../graph-draft';

/** Fractional bits of the stored integers (N1). */
export const WEIGHT_FRACTION_BITS = 0;
export const HEAD_FRACTION_BITS = 4;
export const BIAS_FRACTION_BITS = 8;

/** A copy of a constant; type and shape are the constant's unless given. */
export interface Copy extends Partial<Pick<Tensor, 'type' | 'shape'>> {
  readonly name: string;
  readonly fractionBits: number;
}

/** Appends the trained copy of a constant: the same scales, held in RAM, started from the constant (N1). */
export function trainedCopy(graph: Graph, draft: GraphDraft, constant: TensorId, copy: Copy): TensorId {
  const { type, shape, quantization } = tensorOf(graph, constant);
  return draft.add({
    type,
    shape,
    ...copy,
    name: `${copy.name}.trained`,
    role: 'variable',
    ...(quantization && { quantization }),
    startsFrom: constant,
  });
}
