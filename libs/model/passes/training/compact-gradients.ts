import {
  type BiasUpdate,
  consumersOf,
  type GradientView,
  type Graph,
  type InputGradient,
  layersOf,
  type Op,
  producerOf,
  type ScaleGradient,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { at } from '#libs/base/result';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';

type Reader = InputGradient | BiasUpdate;

/** 1x1, stride 1, no padding: what sums over its output channels reads them pixel by pixel. */
function isPointwise(graph: Graph, layer: number): boolean {
  const op = at(layersOf(graph), layer);
  if (op.kind !== 'conv2d') return false;
  const [, height, width] = tensorOf(graph, op.weights).shape;
  const { stride, padding } = op.window;
  const borders = padding.top + padding.bottom + padding.left + padding.right;
  return height === 1 && width === 1 && stride.height === 1 && stride.width === 1 && borders === 0;
}

/** Who reads the scaled gradient, if all of them can see it through a view. */
function readersOf(graph: Graph, { output, layer, exponents }: ScaleGradient): readonly Reader[] | undefined {
  const readers = consumersOf(graph, output);
  const canView = (op: Op): op is Reader =>
    op.kind === 'biasUpdate' || (op.kind === 'inputGradient' && op.accumulation === 'aligned');
  return exponents === 'shared' && isPointwise(graph, layer) && readers.every(canView) ? readers : undefined;
}

/** Operators to replace, by nothing where they are no longer needed. */
type Replacements = Map<Op, Op | undefined>;

function viewedBy(
  readers: readonly Reader[],
  gradient: TensorId,
  view: GradientView,
  done: Replacements,
): void {
  for (const reader of readers) done.set(reader, { ...reader, gradient, view });
}

/** The gradient of the pooled tensor: one number a channel. */
function pooled(graph: Graph, draft: GraphDraft, scale: ScaleGradient, done: Replacements): void {
  const readers = readersOf(graph, scale);
  const source = producerOf(graph, scale.input);
  if (!readers || readers.some((op) => done.has(op))) return;
  if (source?.kind !== 'headInputGradient' || scale.mask !== undefined) return;
  const [, pixels] = tensorOf(graph, scale.input).shape;
  if (pixels === 1 || consumersOf(graph, scale.input).length !== 1) return;
  const one = (id: TensorId): TensorId => {
    const { name, type, shape, role } = tensorOf(graph, id);
    return draft.add({ name: `${name}.pooled`, type, shape: [at(shape, 0), 1], role });
  };
  const [input, output] = [one(scale.input), one(scale.output)];
  done.set(source, { ...source, output: input });
  done.set(scale, { ...scale, input, output });
  viewedBy(readers, output, { of: 'pooled', ...(source.mask !== undefined && { mask: source.mask }) }, done);
}

/** A gradient of which a copy would be kept for the other branch of an ADD: it stays as it is, and nothing is kept. */
function scaled(graph: Graph, scale: ScaleGradient, done: Replacements): void {
  const readers = readersOf(graph, scale);
  const copy = consumersOf(graph, scale.input).find((op) => op.kind === 'copyGradient');
  if (!readers || readers.some((op) => done.has(op)) || copy?.kind !== 'copyGradient') return;
  const later = consumersOf(graph, copy.output);
  const canTakeIt = later.every((op) => op.kind === 'inputGradient' && op.skip?.gradient === copy.output);
  if (!canTakeIt || later.some((op) => done.has(op))) return;
  for (const op of later) {
    if (op.kind === 'inputGradient' && op.skip)
      done.set(op, { ...op, skip: { ...op.skip, gradient: scale.input } });
  }
  done.set(copy, undefined);
  done.set(scale, undefined);
  const mask = scale.mask === undefined ? {} : { mask: scale.mask };
  viewedBy(readers, scale.input, { of: 'scaled', ...mask }, done);
}

type Replace = (graph: Graph, draft: GraphDraft, scale: ScaleGradient, done: Replacements) => void;

function replaced(graph: Graph, rules: readonly Replace[]): Graph {
  const draft = new GraphDraft(graph);
  const done: Replacements = new Map();
  for (const op of graph.ops) {
    if (op.kind === 'scaleGradient') for (const rule of rules) rule(graph, draft, op, done);
  }
  return draft.finish(graph.ops.flatMap((op) => (done.has(op) ? (done.get(op) ?? []) : [op])));
}

/**
 * Stores the gradient of a globally pooled map as one number a channel: it is the same at all pixels where the clamp is open.
 * Before: g[C,P] = headInputGradient(..); h = scaleGradient(g); inputGradient(h). After: the same with [C,1], read through the mask.
 * Keeps: every byte that is learnt. Takes fewer instructions, too: sums over channels are the same at all open pixels.
 */
export const poolGradients: Pass = {
  name: 'pool-gradients',
  run: (graph) => replaced(graph, [pooled]),
};

/**
 * Stores no gradient that can be had from another: `poolGradients`, and that of an ADD is scaled anew by who needs it so, instead
 * of being kept beside its scaled copy.
 * Before: h = scaleGradient(g); inputGradient(h), biasUpdate(h). After: inputGradient(g as h), biasUpdate(g as h).
 * Keeps: every byte that is learnt. Costs instructions: where memory is short.
 */
export const compactGradients: Pass = compactGradientsBut(new Set());

/** The same, but what the operators (`scaleGradient`) of these names make is stored. */
export function compactGradientsBut(stored: ReadonlySet<string>): Pass {
  const scaledUnlessStored: Replace = (graph, _draft, scale, done) => {
    if (!stored.has(scale.name)) scaled(graph, scale, done);
  };
  return { name: 'compact-gradients', run: (graph) => replaced(graph, [pooled, scaledUnlessStored]) };
}
