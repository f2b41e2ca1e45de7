import {
  type Conv2d,
  type DepthwiseConv2d,
  type Graph,
  type Op,
  type Pad,
  type Padding,
  type TensorId,
} from '#libs/model/ir';
import type { Pass } from '../pass';
import { isQuantizedAlike, readersOf } from './rewire';

type Foldable = Conv2d | DepthwiseConv2d;

const isFoldable = (op: Op): op is Foldable => op.kind === 'conv2d' || op.kind === 'depthwiseConv2d';

/** The borders as a window has them; undefined where more than height and width of a map is padded. */
function borders({ before, after }: Pad): Padding | undefined {
  const [batch, top = 0, left = 0, channels] = before;
  const [batchAfter, bottom = 0, right = 0, channelsAfter] = after;
  const isMap = before.length === 4 && after.length === 4;
  return isMap && [batch, channels, batchAfter, channelsAfter].every((border) => border === 0)
    ? { top, bottom, left, right }
    : undefined;
}

const sum = (a: Padding, b: Padding): Padding => ({
  top: a.top + b.top,
  bottom: a.bottom + b.bottom,
  left: a.left + b.left,
  right: a.right + b.right,
});

/** `op` reading what `pad` reads, and padding by itself. */
const absorb = <O extends Foldable>(op: O, pad: Pad, padding: Padding): O => ({
  ...op,
  input: pad.input,
  window: { ...op.window, padding: sum(op.window.padding, padding) },
});

/** Operators by what they read, while paddings go: the readers of a folded one become readers of its operand. */
class Folding {
  private readonly readers: Map<TensorId, readonly Op[]>;
  private readonly now = new Map<Op, Op>();

  constructor(private readonly graph: Graph) {
    this.readers = new Map(readersOf(graph.ops));
  }

  /** Folds `pad` into all that read it, if all can; a padded map that is made for one reader may serve the others too. */
  fold(pad: Pad): boolean {
    const padding = borders(pad);
    const readers = this.readers.get(pad.output) ?? [];
    const foldable = readers.filter(isFoldable);
    const isBound =
      padding === undefined ||
      readers.length === 0 ||
      foldable.length < readers.length ||
      this.graph.outputs.includes(pad.output) ||
      !isQuantizedAlike(this.graph, pad.input, pad.output);
    if (isBound) return false;
    for (const op of foldable) this.now.set(op, absorb(this.current(op), pad, padding));
    const others = (this.readers.get(pad.input) ?? []).filter((op) => op !== pad);
    this.readers.set(pad.input, [...others, ...foldable]);
    return true;
  }

  /** The operator as it is by now. */
  current<O extends Op>(op: O): O {
    return (this.now.get(op) as O | undefined) ?? op;
  }
}

/**
 * Moves PAD into the window of the convolutions that read it.
 * Before: y = conv2d(pad(x), padding 0). After: y = conv2d(x, padding p).
 * Keeps: the same outputs, since both pad with the zero point. Pools keep their PAD: their divisor would count
 * differently (a pool's own padding is not counted). Last PAD first, so that a chain of them goes entirely.
 */
export const foldPadding: Pass = {
  name: 'fold-padding',
  run(graph) {
    const folding = new Folding(graph);
    const folded = new Set<Op>();
    for (const op of graph.ops.toReversed()) {
      if (op.kind === 'pad' && folding.fold(op)) folded.add(op);
    }
    const ops = graph.ops.filter((op) => !folded.has(op)).map((op) => folding.current(op));
    return { ...graph, ops };
  },
};
