import type { VariableKind } from '#libs/fleet/delta';
import { type Graph, headLayerOf, type LayerOp, layersOf, type Tensor, tensorOf } from '#libs/model/ir';
import { canonicalOrder, storedBiases, storedWeights } from '#libs/model/quant';

/** A constant that training may change, as an inference graph holds it. */
export interface Parameter {
  readonly kind: VariableKind;
  readonly tensor: Tensor;
  /** Elements as the model file holds them. */
  readonly stored: Int8Array | Int32Array;
  /** For every stored position its canonical index (N1). */
  readonly order: Uint32Array;
  /** Head: the tensors whose scales change together, and how many weights a class has. */
  readonly head?: { readonly weights: Tensor; readonly bias?: Tensor };
}

/** Fractional bits of the master, beyond the delta's own unit (AGGREGATE.md). */
export const FRACTION_BITS: Readonly<Record<VariableKind, number>> = { weights: 16, head: 16, bias: 8 };
/** Units of a delta in one step of the stored integer. */
export const UNITS_PER_STEP: Readonly<Record<VariableKind, number>> = { weights: 1, head: 16, bias: 1 };
/** Largest magnitude in units of a delta (N1). */
export const UNIT_LIMITS: Readonly<Record<VariableKind, number>> = {
  weights: 127,
  head: 8191,
  bias: 2 ** 22,
};

/** One step of the stored integer, in the master. */
export const stepOf = (kind: VariableKind): number => UNITS_PER_STEP[kind] * 2 ** FRACTION_BITS[kind];
/** Largest magnitude in the master. */
export const limitOf = (kind: VariableKind): number => UNIT_LIMITS[kind] * 2 ** FRACTION_BITS[kind];

/** Whether a stored value is a bias that no range holds: it belongs to a frozen channel (N0) and stays as it is. */
export const isHeldWhole = (kind: VariableKind, stored: number): boolean =>
  kind === 'bias' && Math.abs(stored) > UNIT_LIMITS.bias;

/** Weights and biases of all layers in graph order; a dense layer at the end of a classifier is the head. */
export function parametersOf(graph: Graph): readonly Parameter[] {
  const head = headLayerOf(graph);
  return layersOf(graph).flatMap((op, i) => parametersOfLayer(graph, op, i === head));
}

function parametersOfLayer(graph: Graph, op: LayerOp, endsClassifier: boolean): readonly Parameter[] {
  const weights = tensorOf(graph, op.weights);
  const bias = op.bias === undefined ? undefined : tensorOf(graph, op.bias);
  // A convolution of one pixel can be a head as well.
  const isHead = endsClassifier && (op.kind === 'fullyConnected' || op.kind === 'conv2d');
  const head = isHead ? { head: { weights, ...(bias && { bias }) } } : {};
  const stored = storedWeights(graph, op.weights);
  const order = canonicalOrder(op.kind, weights.shape);
  const own: Parameter = { kind: isHead ? 'head' : 'weights', tensor: weights, stored, order, ...head };
  return op.bias === undefined || !bias
    ? [own]
    : [own, biasParameter(bias, storedBiases(graph, op.bias), head)];
}

const biasParameter = (tensor: Tensor, stored: Int32Array, head: Pick<Parameter, 'head'>): Parameter => ({
  kind: 'bias',
  tensor,
  stored,
  order: Uint32Array.from(stored, (_, i) => i),
  ...head,
});
