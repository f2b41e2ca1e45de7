import {
  type Conv2d,
  type DepthwiseConv2d,
  type Graph,
  type Op,
  type Pad,
  type Padding,
  producerOf,
  ruleOf,
} from '#libs/model/ir';
import type { Pass } from '../pass';

type Foldable = Conv2d | DepthwiseConv2d;

const isFoldable = (op: Op): op is Foldable => op.kind === 'conv2d' || op.kind === 'depthwiseConv2d';

const sum = (a: Padding, b: Padding): Padding => ({
  top: a.top + b.top,
  bottom: a.bottom + b.bottom,
  left: a.left + b.left,
  right: a.right + b.right,
});

/** The padding that feeds `op`, if one does. */
function paddingBefore(graph: Graph, op: Foldable): Pad | undefined {
  const producer = producerOf(graph, op.input);
  return producer?.kind === 'pad' ? producer : undefined;
}

/** `op` reading what the paddings before it read, and padding by itself. */
function absorb(graph: Graph, op: Foldable): Foldable {
  const pad = paddingBefore(graph, op);
  if (!pad) return op;
  return absorb(graph, {
    ...op,
    input: pad.input,
    window: { ...op.window, padding: sum(op.window.padding, pad.padding) },
  });
}

/** Drops paddings that nobody reads any more, last first, so that a chain of them goes entirely. */
function dropUnread(graph: Graph): Graph {
  let ops = graph.ops;
  for (const op of graph.ops.toReversed()) {
    if (op.kind !== 'pad' || graph.outputs.includes(op.output)) continue;
    const isRead = ops.some((other) => ruleOf(other).inputs(other).includes(op.output));
    if (!isRead) ops = ops.filter((other) => other !== op);
  }
  return { ...graph, ops };
}

/**
 * Moves PAD into the window of the convolutions that read it.
 * Before: y = conv2d(pad(x), padding 0). After: y = conv2d(x, padding p).
 * Keeps: the same outputs, since both pad with the zero point. Pools keep their PAD: their divisor would count
 * differently (a pool's own padding is not counted).
 */
export const foldPadding: Pass = {
  name: 'fold-padding',
  run: (graph) =>
    dropUnread({ ...graph, ops: graph.ops.map((op) => (isFoldable(op) ? absorb(graph, op) : op)) }),
};
