import {
  channelScale,
  checkGraph,
  consumersOf,
  type Graph,
  objectiveOf,
  type Op,
  perTensor,
  type Quantization,
  type Tensor,
  type TensorId,
  tensorId,
  tensorOf,
} from '#libs/model/ir';
import { bytesOf } from '#libs/base/bytes';
import { invariant, ok, type Result } from '#libs/base/result';
import { stripFloatBoundary } from '../inference/strip-float-boundary';
import { classifierOf } from '../training/classifier';
import { type DenseHead, denseHeadOf } from './dense-head';
import { freshRows } from './fresh-rows';
import { type HeadFault, headFault } from './head-fault';
import type { NewHead } from './head-wish';

/**
 * Logits of -32 to 31.75 in steps of a quarter: what trained heads give, without a tie at the ends. Only the int8 output of an
 * exported model has it; sessions and evaluations compute with logits of 16 fractional bits.
 */
const LOGITS: Quantization = { scales: [0.25], zeroPoints: [0], axis: 0 };

/** Weights, bias and scales of all classes. */
interface Rows {
  readonly weights: Int8Array;
  readonly bias: Int32Array;
  /** Of the weights, one a class. */
  readonly scales: readonly number[];
}

/**
 * The graph with a dense layer of `classes` outputs in place of its head: same place, same input, same name; reshapes and the
 * softmax behind it follow.
 *
 * New classes begin with small weights drawn from `seed` (`freshRows`) and bias 0. With `keep` the first classes are those of
 * the old head, with their weights, biases and scales, and the output stays quantised as it was, so that their logits stay what
 * they were, bit for bit; without, nothing of the old head stays. Every row has a scale of its own.
 *
 * Before: logits = fullyConnected(features, fc.w [K,C], fc.b [K]). After: logits = fullyConnected(features, fc.w [N,C], fc.b [N]).
 * Keeps: everything before the head, all tensor ids; where all classes are kept and none is added, `graph` itself. What comes
 * out can be trained.
 * @param graph an inference graph, as imported (with its float boundary) or in normal form
 * Refused: `head.no-dense`, `head.keep-drops`, `head.nothing-to-keep`, `head.not-trainable`.
 */
export function withNewHead(graph: Graph, wanted: NewHead): Result<Graph, HeadFault> {
  const head = denseHeadOf(graph);
  if (!head.ok) return head;
  const unkept = wanted.keep ? keepFault(graph, head.value, wanted.classes) : undefined;
  if (unkept) return unkept;
  const after = isWhole(head.value, wanted) ? graph : replaced(graph, head.value, wanted);
  const trainable = classifierOf(stripFloatBoundary.run(after));
  return trainable.ok ? ok(after) : headFault('head.not-trainable', trainable.error.message);
}

const isWhole = ({ outputs }: DenseHead, { keep, classes }: NewHead): boolean => keep && classes === outputs;

function keepFault(graph: Graph, { dense, outputs }: DenseHead, classes: number) {
  if (objectiveOf(stripFloatBoundary.run(graph)) !== 'classify')
    return headFault('head.nothing-to-keep', `${dense.name} gives numbers and tells no classes apart`);
  if (dense.activation !== 'none')
    return headFault('head.nothing-to-keep', `${dense.name} has activation ${dense.activation}`);
  if (classes < outputs)
    return headFault(
      'head.keep-drops',
      `the model knows ${outputs} classes, which do not fit into ${classes}; without "keep" all are replaced`,
    );
  return undefined;
}

function replaced(graph: Graph, head: DenseHead, wanted: NewHead): Graph {
  const { dense, features } = head;
  const { scale, zeroPoint } = perTensor(tensorOf(graph, dense.input));
  const known = wanted.keep ? knownRows(graph, head) : NO_ROWS;
  const fresh = freshRows(
    wanted.classes - known.scales.length,
    { count: features, scale, zeroPoint },
    wanted.seed,
  );
  const rows: Rows = {
    weights: Int8Array.from([...known.weights, ...fresh.weights]),
    bias: Int32Array.from({ length: wanted.classes }, (_, row) => known.bias[row] ?? 0),
    scales: Array.from({ length: wanted.classes }, (_, row) => known.scales[row] ?? fresh.scale),
  };
  const draft = new HeadDraft(graph);
  const weights = draft.constant(dense.weights, weightsTensor(graph, head, rows));
  const bias = draft.constant(dense.bias, biasTensor(dense.name, rows, scale));
  draft.resize(head, wanted);
  const layer = { ...dense, weights, bias, activation: 'none' as const };
  const after = draft.finish(graph.ops.map((op) => (op === dense ? layer : op)));
  const faults = checkGraph(after);
  invariant(faults.length === 0, `new head of ${graph.name}: ${faults.join('; ')}`);
  return after;
}

const NO_ROWS: Rows = { weights: new Int8Array(), bias: new Int32Array(), scales: [] };

function knownRows(graph: Graph, { dense, outputs }: DenseHead): Rows {
  const weights = tensorOf(graph, dense.weights);
  invariant(weights.data, `${weights.name} is a constant`);
  const bias = dense.bias === undefined ? undefined : tensorOf(graph, dense.bias).data;
  return {
    weights: new Int8Array(weights.data),
    bias: Int32Array.from({ length: outputs }, (_, row) => (bias ? int32At(bias, row) : 0)),
    scales: Array.from({ length: outputs }, (_, row) => channelScale(weights, row)),
  };
}

const int32At = (bytes: Uint8Array, index: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getInt32(4 * index, true);

/** One scale a class, symmetric. */
const perClass = (scales: readonly number[]): Quantization => ({
  scales,
  zeroPoints: scales.map(() => 0),
  axis: 0,
});

function weightsTensor(graph: Graph, { dense }: DenseHead, { weights, scales }: Rows): Omit<Tensor, 'id'> {
  const { name, shape } = tensorOf(graph, dense.weights);
  const data = bytesOf(weights);
  return {
    name,
    type: 'int8',
    role: 'constant',
    shape: [scales.length, ...shape.slice(1)],
    quantization: perClass(scales),
    data,
  };
}

function biasTensor(layer: string, { bias, scales }: Rows, inputScale: number): Omit<Tensor, 'id'> {
  const data = new Uint8Array(4 * bias.length);
  const view = new DataView(data.buffer);
  bias.forEach((value, row) => view.setInt32(4 * row, value, true));
  const quantization = perClass(scales.map((scale) => Math.fround(inputScale * scale)));
  return { name: `${layer}.b`, type: 'int32', role: 'constant', shape: [bias.length], quantization, data };
}

/** A graph whose tensors change in place, so that a file holds nothing of the old head. */
class HeadDraft {
  private readonly tensors: Tensor[];

  constructor(private readonly graph: Graph) {
    this.tensors = [...graph.tensors];
  }

  /** In the place of `old`, or behind all others where there was none or something else reads it. */
  constant(old: TensorId | undefined, tensor: Omit<Tensor, 'id'>): TensorId {
    const isFree = old !== undefined && consumersOf(this.graph, old).length === 1;
    const id = isFree ? old : tensorId(this.tensors.length);
    const name = old === undefined ? tensor.name : tensorOf(this.graph, old).name;
    this.tensors[id] = { ...tensor, id, name: isFree || old === undefined ? name : `${name}.new` };
    return id;
  }

  /** Gives the output of the head, and of what stands behind it, its new extent and quantisation. */
  resize({ dense, outputs, tail }: DenseHead, { classes, keep }: NewHead): void {
    const quantization = keep ? tensorOf(this.graph, dense.output).quantization : LOGITS;
    this.update(dense.output, outputs, classes, quantization);
    for (const op of tail) {
      const before = this.tensors[op.output];
      const own = op.kind === 'reshape' && !keep ? this.tensors[op.input] : before;
      this.update(op.output, outputs, classes, own?.quantization);
    }
  }

  private update(
    id: TensorId,
    outputs: number,
    classes: number,
    quantization: Quantization | undefined,
  ): void {
    const tensor = tensorOf({ ...this.graph, tensors: this.tensors }, id);
    const place = outputs === 1 ? tensor.shape.length - 1 : tensor.shape.indexOf(outputs);
    const shape = tensor.shape.map((extent, dimension) => (dimension === place ? classes : extent));
    this.tensors[id] = { ...tensor, shape, ...(quantization && { quantization }) };
  }

  finish(ops: readonly Op[]): Graph {
    return { ...this.graph, tensors: this.tensors, ops };
  }
}
