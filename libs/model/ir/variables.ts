import { type Graph, tensorOf } from './graph';
import { type LayerOp, layersOf } from './layers';
import type { Tensor, TensorId } from './tensor';

/** What a trained copy holds: `weights` int8; `head` int16 with 4 fractional bits; `bias` int32 with 8 (N1). */
export type VariableKind = 'weights' | 'head' | 'bias';

/** A trained copy, whole or of the first input channels, and the layer (number of N8) that owns it. */
export interface Variable {
  readonly kind: VariableKind;
  readonly layer: number;
  readonly op: LayerOp;
  readonly tensor: Tensor;
}

const trainedWeightsOf = (op: LayerOp): TensorId =>
  ('trainedWeights' in op ? op.trainedWeights : undefined) ?? op.weights;

/** Which channels of a constant a variable holds: the first `channels` of the `of` of its last dimension. */
export interface VariableSlice {
  readonly channels: number;
  readonly of: number;
}

/** The part of its constant that a variable holds: all channels, or the first ones. */
export function sliceOf(graph: Graph, variable: Tensor): VariableSlice {
  const channels = variable.shape.at(-1) ?? 0;
  const whole = variable.startsFrom === undefined ? variable : tensorOf(graph, variable.startsFrom);
  return { channels, of: whole.shape.at(-1) ?? 0 };
}

/** Where element `index` of a slice stands in the constant, both in storage order. */
export const wholeIndex = ({ channels, of }: VariableSlice, index: number): number =>
  Math.floor(index / channels) * of + (index % channels);

function variablesOfLayer(graph: Graph, op: LayerOp, layer: number): readonly Variable[] {
  const weights: VariableKind = op.kind === 'head' ? 'head' : 'weights';
  const operands: readonly Variable[] = [
    { kind: weights, layer, op, tensor: tensorOf(graph, trainedWeightsOf(op)) },
    ...(op.bias === undefined
      ? []
      : [{ kind: 'bias' as const, layer, op, tensor: tensorOf(graph, op.bias) }]),
  ];
  return operands.filter(({ tensor }) => tensor.role === 'variable');
}

/** The trained copies of a training graph in graph order, a layer's weights before its biases: the order of every state, delta and snapshot. */
export const variablesOf = (graph: Graph): readonly Variable[] =>
  layersOf(graph).flatMap((op, layer) => variablesOfLayer(graph, op, layer));
