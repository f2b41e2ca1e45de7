import { type Op, ruleOf, type TensorId } from '#libs/model/ir';
import type { Pass } from '../pass';

/**
 * Drops operators whose results nobody reads, last first, so that a chain of them goes entirely.
 * Before: y = f(x), w = g(x), return y. After: y = f(x), return y.
 * Keeps: the tensors, since their ids are positions.
 */
export const dropUnread: Pass = {
  name: 'drop-unread',
  run(graph) {
    const wanted = new Set<TensorId>(graph.outputs);
    const kept: Op[] = [];
    for (const op of graph.ops.toReversed()) {
      const rule = ruleOf(op);
      if (!rule.outputs(op).some((id) => wanted.has(id))) continue;
      for (const id of rule.inputs(op)) wanted.add(id);
      kept.push(op);
    }
    return { ...graph, ops: kept.toReversed() };
  },
};
