/**
 * The operators of a training step, in the numerics of NUMERICS version 2. They exist only in graphs made by the
 * training passes; each is one C kernel. A gradient without a live channel changes nothing: what is derived from it alone
 * need not be executed.
 *
 * `layer` is the layer id of N8: convolutions in graph order, the head last.
 */
import { type Graph, tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import { type OpRule, present } from './op-rule';

/** Wide head (N2): int8 features [C] and int16 weights [K,C] (4 fractional bits) to logits int32 [K], log2 units, 16 fractional bits. */
export interface Head {
  readonly kind: 'head';
  readonly name: string;
  readonly layer: number;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly bias: TensorId;
  readonly output: TensorId;
}

/** Softmax and cross-entropy (N3): logits int32 [K], label uint8 [1] -> error e int32 [K] (Q15), loss int32 [1] (1/65536 bit). */
export interface SoftmaxCrossEntropy {
  readonly kind: 'softmaxCrossEntropy';
  readonly name: string;
  readonly logits: TensorId;
  readonly label: TensorId;
  readonly error: TensorId;
  readonly loss: TensorId;
}

/**
 * N5: gradient of the features [C,1] or, where a global average pool gives these to the head alone, of the pooled map [C,P]; from e
 * and the head weights before this step. Of a map, too, it may be one number a channel [C,1], to be seen through `mask`
 * (GradientView); a channel without an open pixel then has no exponent.
 */
export interface HeadInputGradient {
  readonly kind: 'headInputGradient';
  readonly name: string;
  readonly error: TensorId;
  readonly weights: TensorId;
  /** Clamp mask of the tensor whose gradient it is; absent: nothing was clamped. */
  readonly mask?: TensorId;
  readonly output: TensorId;
  /** The head operator's weights' origin: where the constants (c, k of N0) come from. */
  readonly layer: number;
}

/** N5: updates head weights and biases in place; runs even where the gradient died. */
export interface HeadUpdate {
  readonly kind: 'headUpdate';
  readonly name: string;
  readonly layer: number;
  readonly error: TensorId;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly bias: TensorId;
}

/** N6.1: keeps a copy of (g, E) for the other branch of an ADD. */
export interface CopyGradient {
  readonly kind: 'copyGradient';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
}

/**
 * N6.2: g -> h, in place, with c[o] of layer `layer`. `mask`: the conv's own clamp where an ADD follows.
 * `exponents`: 'shared' aligns all mantissas to one exponent, as sums over channels need it; 'own' leaves each channel its own.
 */
export interface ScaleGradient {
  readonly kind: 'scaleGradient';
  readonly name: string;
  readonly layer: number;
  readonly exponents: 'shared' | 'own';
  readonly input: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/**
 * A gradient h of the layer's output (N6.2, shared exponents) that is nowhere stored: a channel of it is made when it is
 * needed, from what is there anyway, to the same bytes.
 * - `scaled`: from g, not scaled yet; `mask` is the convolution's own clamp, as of ScaleGradient;
 * - `pooled`: from one number a channel, the gradient of a global average [C,1], scaled; it counts where `mask` is open.
 */
export interface GradientView {
  readonly of: 'scaled' | 'pooled';
  readonly mask?: TensorId;
}

/** N6.3: bias update in place. */
export interface BiasUpdate {
  readonly kind: 'biasUpdate';
  readonly name: string;
  readonly layer: number;
  readonly gradient: TensorId;
  readonly view?: GradientView;
  readonly bias: TensorId;
}

/**
 * N6.4: gradient of the layer's input, by transposed convolution with the weights before this step.
 * `mask` is the clamp mask of that input tensor; `skip` the gradient that an ADD passes to the same tensor.
 * `accumulation`: 'aligned' takes a gradient of one shared exponent, or a depthwise layer's; 'running' (1x1, stride 1) takes own
 * exponents and adds four output channels at a time, in index order, to sums whose exponent grows with them.
 */
export interface InputGradient {
  readonly kind: 'inputGradient';
  readonly name: string;
  readonly layer: number;
  readonly accumulation: 'aligned' | 'running';
  readonly gradient: TensorId;
  /** Only of aligned ones of pointwise layers. */
  readonly view?: GradientView;
  readonly weights: TensorId;
  /** As of the layer: the first input channels' weights, where only these are trained. */
  readonly trainedWeights?: TensorId;
  readonly mask?: TensorId;
  readonly skip?: SkipGradient;
  readonly output: TensorId;
}

/** The kept gradient (g, E) of an ADD and the ADD's ratio of scales r = rc * 2^(rk-15) (N0). */
export interface SkipGradient {
  readonly gradient: TensorId;
  readonly ratioMantissa: number;
  readonly ratioExponent: number;
}

/**
 * Keeps the first n channels of a layer's input for its weight update: int8 map [1,H,W,C] to planes [n,H*W]. Done before the
 * layer, so that the map itself may go.
 */
export interface SaveInput {
  readonly kind: 'saveInput';
  readonly name: string;
  readonly layer: number;
  readonly input: TensorId;
  readonly output: TensorId;
}

/**
 * N6.5: weight gradient and stochastic int8 update in place; `input` is the layer's saved input, planes [n,H*W], or its input
 * map where that is such planes already; `weights` those of the same n channels.
 */
export interface WeightUpdate {
  readonly kind: 'weightUpdate';
  readonly name: string;
  readonly layer: number;
  readonly gradient: TensorId;
  readonly input: TensorId;
  readonly weights: TensorId;
}

export type TrainingOp =
  | SaveInput
  | Head
  | SoftmaxCrossEntropy
  | HeadInputGradient
  | HeadUpdate
  | CopyGradient
  | ScaleGradient
  | BiasUpdate
  | InputGradient
  | WeightUpdate;

const NO_FAULTS = (): readonly string[] => [];

export const headRule: OpRule<Head> = {
  inputs: (op) => [op.input, op.weights, op.bias],
  outputs: (op) => [op.output],
  macs: (op, graph) => elementCount(tensorOf(graph, op.weights).shape),
  check: (op, graph) =>
    tensorOf(graph, op.weights).shape[1] === elementCount(tensorOf(graph, op.input).shape)
      ? []
      : ['weights do not take the features'],
};

export const saveInputRule: OpRule<SaveInput> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: (op, graph) => {
    const [, height = 0, width = 0, all = 0] = tensorOf(graph, op.input).shape;
    const [channels = 0, pixels] = tensorOf(graph, op.output).shape;
    return pixels === height * width && channels > 0 && channels <= all
      ? []
      : [`planes [${channels},${pixels}] are none of ${height}x${width} pixels`];
  },
};

export const softmaxCrossEntropyRule: OpRule<SoftmaxCrossEntropy> = {
  inputs: (op) => [op.logits, op.label],
  outputs: (op) => [op.error, op.loss],
  macs: () => 0,
  check: NO_FAULTS,
};

export const headInputGradientRule: OpRule<HeadInputGradient> = {
  inputs: (op) => present(op.error, op.weights, op.mask),
  outputs: (op) => [op.output],
  macs: (op, graph) => elementCount(tensorOf(graph, op.weights).shape),
  check: NO_FAULTS,
};

export const headUpdateRule: OpRule<HeadUpdate> = {
  inputs: (op) => [op.error, op.input, op.weights, op.bias],
  outputs: () => [],
  macs: (op, graph) => elementCount(tensorOf(graph, op.weights).shape),
  check: NO_FAULTS,
};

export const copyGradientRule: OpRule<CopyGradient> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: NO_FAULTS,
};

export const scaleGradientRule: OpRule<ScaleGradient> = {
  inputs: (op) => present(op.input, op.mask),
  outputs: (op) => [op.output],
  inPlace: (op) => ({ operand: op.input, output: op.output }),
  macs: () => 0,
  check: NO_FAULTS,
};

export const biasUpdateRule: OpRule<BiasUpdate> = {
  inputs: (op) => present(op.gradient, op.view?.mask, op.bias),
  outputs: () => [],
  macs: () => 0,
  check: NO_FAULTS,
};

/** Every weight meets every pixel of the layer's output once, in both directions. A viewed gradient has the pixels of the layer's input (1x1). */
function gradientMacs(op: InputGradient | WeightUpdate, graph: Graph): number {
  const plane = op.kind === 'inputGradient' && op.view ? op.output : op.gradient;
  return (tensorOf(graph, plane).shape[1] ?? 0) * elementCount(tensorOf(graph, op.weights).shape);
}

export const inputGradientRule: OpRule<InputGradient> = {
  inputs: (op) =>
    present(op.gradient, op.view?.mask, op.weights, op.trainedWeights, op.mask, op.skip?.gradient),
  outputs: (op) => [op.output],
  macs: gradientMacs,
  check: NO_FAULTS,
};

export const weightUpdateRule: OpRule<WeightUpdate> = {
  inputs: (op) => [op.gradient, op.input, op.weights],
  outputs: () => [],
  macs: gradientMacs,
  check: NO_FAULTS,
};
