import {
  type Graph,
  isGradientType,
  ruleOf,
  type ScaleGradient,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import type { Scope } from '../model/scope';

/** The `fl_channels` of a whole gradient. */
export const wholeRange = (scope: Scope, gradient: TensorId): string =>
  `(fl_channels){0, ${scope.extent(gradient, 0)}}`;

/**
 * Does all that follows in the graph derive from this gradient alone? Then nothing changes any more where it has no live
 * channel, and the step may end there.
 */
export function endsStep(op: ScaleGradient, graph: Graph): boolean {
  const derived = new Set<TensorId>([op.output]);
  const isGradient = (id: TensorId): boolean => isGradientType(tensorOf(graph, id).type);
  return graph.ops.slice(graph.ops.indexOf(op) + 1).every((later) => {
    const gradients = ruleOf(later).inputs(later).filter(isGradient);
    if (gradients.length === 0 || !gradients.every((id) => derived.has(id))) return false;
    for (const id of ruleOf(later).outputs(later)) derived.add(id);
    return true;
  });
}
