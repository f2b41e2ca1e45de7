import { type AveragePool2d, type Graph, type Head } from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { sourceOf } from './classifier';

/** The head of a graph that `splitHead` has been through, and the pool before it. */
export function headOf(graph: Graph): { readonly head: Head; readonly pool: AveragePool2d } {
  const head = graph.ops.find((op): op is Head => op.kind === 'head');
  invariant(head, `${graph.name} has no head`);
  const pool = sourceOf(graph, head.input);
  invariant(pool?.kind === 'averagePool2d', `${head.name} does not follow a pool`);
  return { head, pool };
}
