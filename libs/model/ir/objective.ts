import { err, type Fault, fault, ok, type Result } from '#libs/base/result';
import { type Graph, type Objective, tensorOf } from './graph';
import { layersOf } from './layers';
import { type AveragePool2d, isLoss, type Op } from './ops';
import { elementCount, type TensorId } from './tensor';
import { forwardConsumersOf, producerOf } from './uses';

/** The operator behind `id`, reshapes skipped. */
export function sourceOf(graph: Graph, id: TensorId): Op | undefined {
  const producer = producerOf(graph, id);
  return producer?.kind === 'reshape' ? sourceOf(graph, producer.input) : producer;
}

const countOf = (graph: Graph, id: TensorId | undefined): number =>
  id === undefined ? 0 : elementCount(tensorOf(graph, id).shape);

/**
 * The objective of a graph: a training graph says it by its loss, an inference graph perhaps itself. Of others one whose output has as
 * many elements as its input gives that again, one with a single output is a regressor; a SOFTMAX at the end, and everything else,
 * is a classifier. A classifier without a SOFTMAX that has as many classes as inputs looks like the first: it must be told.
 */
export function objectiveOf(graph: Graph): Objective {
  const loss = graph.ops.find(isLoss);
  if (loss?.kind === 'squaredError') return loss.target === undefined ? 'regress' : 'reconstruct';
  if (graph.objective !== undefined) return graph.objective;
  const [output] = graph.outputs;
  if (graph.ops.some(({ kind }) => kind === 'head')) return 'classify';
  if (loss || output === undefined || sourceOf(graph, output)?.kind === 'softmax') return 'classify';
  const elements = countOf(graph, output);
  if (elements === 1) return 'regress';
  return graph.inputs.length === 1 && elements === countOf(graph, graph.inputs[0])
    ? 'reconstruct'
    : 'classify';
}

/** `objective.several-numbers`: a label is one number. `objective.shapes-differ`: the output can't be the input again. */
export interface ObjectiveFault extends Fault {
  readonly code: 'objective.several-numbers' | 'objective.shapes-differ';
}

const objectiveFault = (code: ObjectiveFault['code'], message: string): ObjectiveFault =>
  fault(code, message);

/** The inference graph, told what to learn; refused where its outputs can't say that. */
export function withObjective(graph: Graph, objective: Objective): Result<Graph, ObjectiveFault> {
  const [inputs, outputs] = [graph.inputs, graph.outputs].map((ids) =>
    ids.reduce((sum, id) => sum + countOf(graph, id), 0),
  ) as [number, number];
  if (objective === 'regress' && outputs !== 1)
    return err(
      objectiveFault(
        'objective.several-numbers',
        `${graph.name} gives ${outputs} numbers; a regressor learns one, which its label is`,
      ),
    );
  if (objective === 'reconstruct' && inputs !== outputs)
    return err(
      objectiveFault(
        'objective.shapes-differ',
        `${graph.name} makes ${outputs} elements of ${inputs}; to give its input again it would need as many`,
      ),
    );
  return ok({ ...graph, objective });
}

/** The layer that becomes (or is) the wide head of a classifier: the last one. Other networks have none. */
export function headLayerOf(graph: Graph): number | undefined {
  const layers = layersOf(graph);
  return objectiveOf(graph) === 'classify' && layers.length > 0 ? layers.length - 1 : undefined;
}

function isGlobal(graph: Graph, pool: AveragePool2d): boolean {
  const [, height, width] = tensorOf(graph, pool.input).shape;
  const { top, bottom, left, right } = pool.window.padding;
  return pool.kernel.height === height && pool.kernel.width === width && top + bottom + left + right === 0;
}

/**
 * The global average pool (without a clamp) that gives a head its features, reshapes skipped, where nothing else reads its
 * means: the head's gradient then goes straight to the pooled map (N5).
 */
export function pooledInto(graph: Graph, features: TensorId): AveragePool2d | undefined {
  if (forwardConsumersOf(graph, features).length !== 1) return undefined;
  const producer = producerOf(graph, features);
  if (producer?.kind === 'reshape') return pooledInto(graph, producer.input);
  const isPool = producer?.kind === 'averagePool2d' && producer.activation === 'none';
  return isPool && isGlobal(graph, producer) ? producer : undefined;
}
