import { type Graph, isLayer, type Op, ruleOf, type TensorId, tensorOf } from '#libs/model/ir';

/** A place where a training step can be cut in two. */
export interface PrefixCut {
  /** How many operators stand before it. */
  readonly ops: number;
  /** The one tensor that crosses it: the input of all that follows. */
  readonly features: TensorId;
}

/** A training step in two parts: what it makes of a sample before anything trained is met, and all the rest. */
export interface CutStep {
  /** An inference graph, from the model's input to the features. */
  readonly prefix: Graph;
  /** A training graph whose input is the features. */
  readonly suffix: Graph;
}

/** Operators at the beginning that training has left as they are: nothing of them is trained, masked or saved. */
function untouched(inference: Graph, training: Graph): number {
  const first = training.ops.findIndex((op, index) => op !== inference.ops[index]);
  return first === -1 ? training.ops.length : first;
}

/** The last operator that reads each tensor; outputs are read after all. */
function lastReaders(graph: Graph): ReadonlyMap<TensorId, number> {
  const last = new Map<TensorId, number>();
  graph.ops.forEach((op, index) => {
    for (const id of ruleOf(op).inputs(op)) last.set(id, index);
  });
  for (const id of graph.outputs) last.set(id, graph.ops.length);
  return last;
}

/**
 * Where a step can be cut, in order: all that stands before is frozen, no gradient goes there, and one int8 map alone crosses
 * (a block with a shortcut is never cut, nor is a network that gives its input again).
 * @param training made from `inference`
 */
export function prefixCuts(inference: Graph, training: Graph): readonly PrefixCut[] {
  const last = lastReaders(training);
  const alive = new Set<TensorId>(inference.inputs);
  return training.ops.slice(0, untouched(inference, training)).flatMap((op, index) => {
    for (const id of ruleOf(op).outputs(op)) alive.add(id);
    for (const id of alive) if ((last.get(id) ?? -1) <= index) alive.delete(id);
    const [features, ...others] = alive;
    const crosses = features !== undefined && others.length === 0 && isFeatures(training, features);
    return crosses ? [{ ops: index + 1, features }] : [];
  });
}

function isFeatures(graph: Graph, id: TensorId): boolean {
  const { role, type } = tensorOf(graph, id);
  return role === 'activation' && type === 'int8';
}

const layersAmong = (ops: readonly Op[]) => ops.filter(isLayer);

/**
 * Cuts a step in two.
 * Before: step(x) = rest(frozen(x)). After: prefix(x) = frozen(x), the same for a sample in every pass, and suffix(features) = rest(features).
 * Keeps: ids of tensors, numbers of layers (N8), and with them variables, random numbers, deltas and the parameter image: what is
 * learnt is the same to the byte.
 */
export function cutStep(inference: Graph, training: Graph, { ops, features }: PrefixCut): CutStep {
  const [before, rest] = [training.ops.slice(0, ops), training.ops.slice(ops)];
  return {
    prefix: {
      ...inference,
      ops: before,
      outputs: [features],
      others: { before: [], after: layersAmong(inference.ops.slice(ops)) },
    },
    suffix: {
      ...training,
      tensors: training.tensors.map((tensor) =>
        tensor.id === features ? { ...tensor, role: 'input' as const } : tensor,
      ),
      ops: rest,
      inputs: [features],
      others: { before: layersAmong(before), after: [] },
    },
  };
}
