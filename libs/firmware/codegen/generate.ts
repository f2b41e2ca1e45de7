import { err, ok, type Result } from '#libs/base/result';
import { type Graph, isBackward, layersOf, tensorOf } from '#libs/model/ir';
import { mantissaBits } from '#libs/model/quant';
import type { Plan } from '#libs/firmware/planner';
import { configHeader } from './model/config-header';
import { factsOf, isTraining, type ModelFacts } from './model/facts';
import { modelSource } from './model/model-source';
import { Places } from './model/places';
import { type Unsupported, unsupported } from './model/unsupported';
import { emitterOf } from './ops';
import type { ParameterLayout } from './parameters/layout';

/** A file of generated text; `path` is relative to the build folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A model as C: `model_config.h` and `model.c`, which implement fl_model.h, and the numbers that they promise. */
export interface GeneratedModel {
  readonly files: readonly SourceFile[];
  readonly facts: ModelFacts;
}

export interface GenerateRequest {
  /** A training graph, or an inference graph. */
  readonly graph: Graph;
  readonly plan: Plan;
  /** `parameterLayout` of the inference graph that `graph` was made from. */
  readonly layout: ParameterLayout;
}

function boundaryFaults(graph: Graph): readonly string[] {
  const inputs = graph.inputs.filter((id) => tensorOf(graph, id).role === 'input');
  if (inputs.length !== 1 || graph.outputs.length !== 1)
    return ['a generated model has one input and one output'];
  const types = [...inputs, ...(isTraining(graph) ? [] : graph.outputs)].map((id) => tensorOf(graph, id));
  return types
    .filter(({ type }) => type !== 'int8')
    .map(({ name, type }) => `${name} is ${type}; inputs and outputs are int8`);
}

/** The head must move before anything can end the step: its update runs even where the gradient died (N5). */
function orderFaults(graph: Graph): readonly string[] {
  const firstStop = graph.ops.findIndex((op) => op.kind === 'scaleGradient');
  const late = graph.ops.findIndex(
    (op, index) => op.kind === 'headUpdate' && firstStop >= 0 && index > firstStop,
  );
  const mixed = graph.ops.findIndex(
    (op, index) => !isBackward(op) && graph.ops.slice(0, index).some(isBackward),
  );
  return [
    ...(late >= 0 ? ['the head is updated after an operator that can end the step'] : []),
    ...(mixed >= 0 ? ['a forward operator follows a backward one'] : []),
  ];
}

function layoutFaults(graph: Graph, layout: ParameterLayout): readonly string[] {
  const layers = layersOf(graph);
  const startOf = (id: (typeof layers)[number]['weights']): number => tensorOf(graph, id).startsFrom ?? id;
  const same =
    layers.length === layout.layers.length &&
    layers.every((op, i) => startOf(op.weights) === layout.layers[i]?.weights);
  if (!same) return ['the parameter layout is of another model'];
  return isTraining(graph) && layout.use !== 'training'
    ? ['the parameter layout has no training constants']
    : [];
}

function faultsOf({ graph, layout }: GenerateRequest): readonly string[] {
  const refused = graph.ops.flatMap((op) => {
    const reason = emitterOf(op).refuse?.(op, graph);
    return reason === undefined ? [] : `${op.name} (${op.kind}) ${reason}`;
  });
  return [...boundaryFaults(graph), ...orderFaults(graph), ...layoutFaults(graph, layout), ...refused];
}

/** Writes a model as C; the same request gives the same text. */
export function generate(request: GenerateRequest): Result<GeneratedModel, Unsupported> {
  const { graph, plan, layout } = request;
  const faults = faultsOf(request);
  if (faults.length > 0) return err(unsupported(graph.name, faults));
  const places = new Places(graph, plan, layout);
  const facts = factsOf(graph, plan, layout, places);
  const bits = isTraining(graph) ? mantissaBits(graph) : undefined;
  return ok({
    files: [
      { path: 'model_config.h', text: configHeader(facts, bits) },
      { path: 'model.c', text: modelSource(graph, plan, places, facts) },
    ],
    facts,
  });
}
