import type { Graph } from '#libs/model/ir';

/** One kernel call: which operator of `graph.ops` runs, over its whole maps. */
export interface Call {
  readonly op: number;
}

/** In which order kernels are called. A value beside the graph, so that one graph can be run in several ways. */
export interface Schedule {
  readonly calls: readonly Call[];
}

/** Every operator once, whole maps, in graph order. */
export const layerwise = (graph: Graph): Schedule => ({ calls: graph.ops.map((_, op) => ({ op })) });
