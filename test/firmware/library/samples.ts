import { unwrap } from '#libs/base/result';
import { generate, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { channelwise, placeAll } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import {
  compactGradients,
  runPasses,
  trainingGraph,
  type TrainingOptions,
  type TrainingScheme,
} from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { residualNetwork } from '#test/support/tiny-networks';
import type { Sample } from './take-home';

/** A model that runs, its inputs in the arena. */
export function inferenceSample(graph: Graph): Sample {
  const layout = parameterLayout(graph, 'inference');
  const plan = placeAll(graph, { inputsInArena: true });
  return {
    graph,
    model: unwrap(generate({ graph, plan, layout })),
    parameters: packParameters(graph, 'inference'),
  };
}

/** A model that trains what `scheme` says. */
export function trainingSample(
  inference: Graph,
  scheme: TrainingScheme,
  options: TrainingOptions = {},
): Sample {
  const graph = unwrap(trainingGraph(inference, scheme, options));
  const layout = parameterLayout(inference);
  return {
    graph,
    model: unwrap(generate({ graph, plan: placeAll(graph), layout })),
    parameters: packParameters(inference),
  };
}

/** The same, its backward half by channels, with gradients made anew where they can be. */
function channelSample(inference: Graph, scheme: TrainingScheme): Sample {
  const graph = runPasses(unwrap(trainingGraph(inference, scheme)), [compactGradients]);
  const plan = placeAll(graph, { schedule: channelwise(graph) });
  const model = unwrap(generate({ graph, plan, layout: parameterLayout(inference) }));
  return { graph, model, parameters: packParameters(inference) };
}

/** Two inputs that meet in an ADD, two outputs. The name is one that no C text may hold. */
export function twoInputsGraph(): Graph {
  const builder = new GraphBuilder('2 inputs: "fl_model" */ \\', 11);
  const first = builder.input([1, 7, 5, 3]);
  const second = builder.input([1, 7, 5, 4], { scale: 0.03, zeroPoint: 9 });
  const wide = builder.conv('a', first, { channels: 4, kernel: 3, padding: 1 });
  const sum = builder.add('sum', wide, builder.depthwise('b', second, { padding: 1, activation: 'relu6' }));
  const features = builder.reshape('features', builder.averagePool('pool', sum), [1, 4]);
  const scores = builder.fullyConnected('scores', features, { channels: 5 });
  const map = builder.conv('map', sum, { channels: 2, kernel: 1 });
  const graph = builder.build(scores);
  const names = new Map([
    [first, 'left'],
    [second, 'right'],
  ]);
  const tensors = graph.tensors.map((tensor) => ({ ...tensor, name: names.get(tensor.id) ?? tensor.name }));
  return { ...graph, tensors, outputs: [scores, map] };
}

const kws = kwsDigitsGraph();

/** Models that only run. */
export const INFERENCE = {
  'a classifier': inferenceSample(kws),
  'two inputs and outputs': inferenceSample(twoInputsGraph()),
} as const;

const ALL_LAYERS: TrainingScheme = {
  name: 'all',
  biasLayers: 4,
  weightLayers: [0, 1, 2, 3].map((layer) => ({ layer, ratio: 1 })),
};

/** Models that train. */
export const TRAINING = {
  'a sparse scheme': trainingSample(kws, KWS_SCHEMES.sparse),
  'a scheme by channels': channelSample(kws, KWS_SCHEMES.sparse),
  'all layers': trainingSample(residualNetwork(), ALL_LAYERS),
  'all layers, gradients of int8': trainingSample(residualNetwork(), ALL_LAYERS, { gradients: 'int8' }),
} as const;
