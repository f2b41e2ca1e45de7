import { type Graph, tensorOf } from './graph';

/** Of the first output: real = scale * (element - zero point). What errors of a network that gives numbers are measured in. */
export function outputScaleOf(graph: Graph): number {
  const [output] = graph.outputs;
  return output === undefined ? 1 : (tensorOf(graph, output).quantization?.scales[0] ?? 1);
}
