import { type Graph, type Op, type Reshape, type TensorId, tensorOf } from '#libs/model/ir';
import type { Pass } from '../pass';
import { isQuantizedAlike, rewired } from './rewire';

/** Whether the reshape gives what it takes. */
const isIdle = (graph: Graph, { input, output }: Reshape): boolean =>
  tensorOf(graph, input).shape.join() === tensorOf(graph, output).shape.join() &&
  isQuantizedAlike(graph, input, output);

/**
 * A reshape of a reshape reads the first one's operand; a reshape that changes nothing is passed by.
 * Before: z = reshape(reshape(x)). After: z = reshape(x); readers of an idle reshape read x.
 * Keeps: the outputs of the graph are written under their own ids, so an idle reshape into one stays.
 */
export const mergeReshapes: Pass = {
  name: 'merge-reshapes',
  run(graph) {
    const outputs = new Set(graph.outputs);
    const sources = new Map<TensorId, TensorId>();
    const idle = new Map<TensorId, TensorId>();
    const ops = graph.ops.flatMap((given): readonly Op[] => {
      const op = rewired(given, (id) => idle.get(id) ?? id);
      if (op.kind !== 'reshape') return [op];
      const merged = { ...op, input: sources.get(op.input) ?? op.input };
      sources.set(op.output, merged.input);
      if (outputs.has(op.output) || !isIdle(graph, merged)) return [merged];
      idle.set(op.output, merged.input);
      return [];
    });
    return { ...graph, ops };
  },
};
