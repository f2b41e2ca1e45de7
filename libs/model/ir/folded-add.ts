import { type Graph, tensorOf } from './graph';
import type { LayerOp } from './layers';
import type { Add } from './ops';
import { forwardConsumersOf } from './uses';

/**
 * The ADD into whose gradient a convolution's back scale is folded (NUMERICS N0): the one reader of its output, which adds it, not
 * stretched, to another tensor. The convolution then takes the gradient of the sum itself and applies its own clamp (N6.1).
 */
export function foldedAdd(graph: Graph, op: LayerOp): Add | undefined {
  if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') return undefined;
  const [reader, another] = forwardConsumersOf(graph, op.output);
  if (another || reader?.kind !== 'add' || reader.inputs[0] === reader.inputs[1]) return undefined;
  const [own, sum] = [op.output, reader.output].map((id) => tensorOf(graph, id).shape.join());
  return own === sum ? reader : undefined;
}
