import { type Graph, tensorOf } from './graph';
import { type LayerOp, layersOf } from './layers';
import type { Tensor } from './tensor';

/** What a trained copy holds: `weights` int8; `head` int16 with 4 fractional bits; `bias` int32 with 8 (N1). */
export type VariableKind = 'weights' | 'head' | 'bias';

/** A trained copy and the layer (number of N8) that owns it. */
export interface Variable {
  readonly kind: VariableKind;
  readonly layer: number;
  readonly op: LayerOp;
  readonly tensor: Tensor;
}

function variablesOfLayer(graph: Graph, op: LayerOp, layer: number): readonly Variable[] {
  const weights: VariableKind = op.kind === 'head' ? 'head' : 'weights';
  const operands: readonly Variable[] = [
    { kind: weights, layer, op, tensor: tensorOf(graph, op.weights) },
    ...(op.bias === undefined
      ? []
      : [{ kind: 'bias' as const, layer, op, tensor: tensorOf(graph, op.bias) }]),
  ];
  return operands.filter(({ tensor }) => tensor.role === 'variable');
}

/** The trained copies of a training graph in graph order, a layer's weights before its biases: the order of every state, delta and snapshot. */
export const variablesOf = (graph: Graph): readonly Variable[] =>
  layersOf(graph).flatMap((op, layer) => variablesOfLayer(graph, op, layer));
