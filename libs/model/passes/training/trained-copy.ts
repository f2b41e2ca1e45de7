import { type Graph, type Tensor, type TensorId, tensorOf } from '#libs/model/ir';
import type { GraphDraft } from '../graph-draft';

/** Fractional bits of the stored integers (N1). */
export const WEIGHT_FRACTION_BITS = 0;
export const HEAD_FRACTION_BITS = 4;
export const BIAS_FRACTION_BITS = 8;

/** A copy of a constant; type, shape and quantisation are the constant's unless given. */
export interface Copy extends Partial<Pick<Tensor, 'type' | 'shape' | 'quantization'>> {
  readonly name: string;
  readonly fractionBits: number;
}

/** Appends the trained copy of a constant: the same scales, held in RAM, started from the constant (N1). */
export function trainedCopy(graph: Graph, draft: GraphDraft, constant: TensorId, copy: Copy): TensorId {
  const { type, shape, quantization, startsFrom } = tensorOf(graph, constant);
  return draft.add({
    type,
    shape,
    ...(quantization && { quantization }),
    ...copy,
    name: `${copy.name}.trained`,
    role: 'variable',
    startsFrom: startsFrom ?? constant,
  });
}

/** What a copy of the first `channels` of a constant's last dimension has of its own. */
export function firstChannels(
  { shape, quantization }: Tensor,
  channels: number,
): Pick<Copy, 'shape' | 'quantization'> {
  const part = [...shape.slice(0, -1), channels];
  const isByChannel = quantization?.axis === shape.length - 1 && quantization.scales.length > 1;
  if (!quantization || !isByChannel) return { shape: part };
  const [scales, zeroPoints] = [quantization.scales, quantization.zeroPoints].map((all) =>
    all.slice(0, channels),
  );
  return {
    shape: part,
    quantization: { ...quantization, scales: scales ?? [], zeroPoints: zeroPoints ?? [] },
  };
}
