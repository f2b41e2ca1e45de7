import { invariant } from '#libs/base/result';
import { checkGraph, type Graph } from '#libs/model/ir';

/** One step of a compiler: `run` returns a new graph. A pass never refuses; what may be refused is checked before. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): Graph;
}

/**
 * Runs the passes in order, checking the graph after each: a pass that leaves a faulty graph is our own mistake.
 * @param seen told the name and the result of every pass (dumps, `fleetlearn explain`)
 */
export function runPasses(
  graph: Graph,
  passes: readonly Pass[],
  seen?: (pass: string, graph: Graph) => void,
): Graph {
  return passes.reduce((before, pass) => {
    const after = pass.run(before);
    const faults = checkGraph(after);
    invariant(faults.length === 0, `pass ${pass.name} on ${graph.name}: ${faults.join('; ')}`);
    seen?.(pass.name, after);
    return after;
  }, graph);
}
