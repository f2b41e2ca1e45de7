import { err, ok, type Result } from '#libs/base/result';
import { type Graph, isBackward, layersOf, tensorOf } from '#libs/model/ir';
import { bufferOf, type CallWrites, callWrites, type Plan } from '#libs/firmware/planner';
import { configHeader } from './model/config-header';
import { factsOf, inputsOf, isTraining, type ModelFacts, type PrefixFacts } from './model/facts';
import { modelSource, prefixSource } from './model/model-source';
import { partFaults } from './model/parts';
import { Places } from './model/places';
import { type Unsupported, unsupported } from './model/unsupported';
import { emitterOf } from './ops';
import { parameterEnd, type ParameterLayout } from './parameters/layout';

/** A file of generated text; `path` is relative to the build folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A model as C: `model_config.h`, `model.c` and perhaps `prefix.c`, which implement fl_model.h, and the numbers that they promise. */
export interface GeneratedModel {
  readonly files: readonly SourceFile[];
  readonly facts: ModelFacts;
  /** What each call of the plan may change; a traced program shows by number which one is done (`FL_CALL_DONE`). */
  readonly writes: readonly CallWrites[];
}

export interface GenerateRequest {
  /** A training graph, or an inference graph. */
  readonly graph: Graph;
  readonly plan: Plan;
  /** What makes the input of a training graph of each sample, once: it runs in the same arena before the session. */
  readonly prefix?: { readonly graph: Graph; readonly plan: Plan };
  /** `parameterLayout` of the inference graph that `graph` was made from. */
  readonly layout: ParameterLayout;
}

const BYTE_TYPES: ReadonlySet<string> = new Set(['int8', 'uint8']);

function inputFaults(graph: Graph, plan: Plan): readonly string[] {
  const inputs = inputsOf(graph);
  if (inputs.length === 0) return ['a generated model has an input'];
  const inArena = inputs.filter((id) => bufferOf(plan, id) !== undefined);
  if (inArena.length === 0)
    return inputs.length === 1 ? [] : ['several inputs lie in the arena (plan them there)'];
  if (isTraining(graph)) return ['a model that trains reads its input where it lies'];
  return inputs
    .filter((id) => !inArena.includes(id))
    .map((id) => `the plan has no place for the input ${tensorOf(graph, id).name}`);
}

function outputFaults(graph: Graph, places: Places): readonly string[] {
  if (graph.outputs.length === 0 || (isTraining(graph) && graph.outputs.length !== 1))
    return ['a generated model has an output, one where it trains'];
  return graph.outputs
    .filter((id) => places.of(id).in !== 'arena')
    .map((id) => `${tensorOf(graph, id).name} is an output that no operator computes`);
}

function boundaryFaults(graph: Graph): readonly string[] {
  const types = [...inputsOf(graph), ...(isTraining(graph) ? [] : graph.outputs)];
  return types
    .map((id) => tensorOf(graph, id))
    .filter(({ type }) => !BYTE_TYPES.has(type))
    .map(({ name, type }) => `${name} is ${type}; inputs and outputs are int8 or uint8`);
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

function faultsOf({ prefix, ...model }: GenerateRequest): readonly string[] {
  const { layout } = model;
  return [...graphFaults(model), ...(prefix ? graphFaults({ ...prefix, layout }) : [])];
}

function graphFaults({ graph, plan, layout }: Omit<GenerateRequest, 'prefix'>): readonly string[] {
  const refused = graph.ops.flatMap((op) => {
    const reason = emitterOf(op).refuse?.(op, graph);
    return reason === undefined ? [] : `${op.name} (${op.kind}) ${reason}`;
  });
  const faults = [
    ...boundaryFaults(graph),
    ...inputFaults(graph, plan),
    ...orderFaults(graph),
    ...partFaults(graph, plan.schedule),
  ];
  const foreign = layoutFaults(graph, layout);
  const outputs = foreign.length === 0 ? outputFaults(graph, new Places(graph, plan, layout)) : [];
  return [...faults, ...foreign, ...outputs, ...refused];
}

/** `prefix.c`, and what the model must know of it. */
function writtenPrefix({ prefix, layout }: GenerateRequest): WrittenPrefix | undefined {
  if (!prefix) return undefined;
  const { graph, plan } = prefix;
  const places = new Places(graph, plan, layout);
  const facts = factsOf(graph, plan, layout, places);
  return {
    file: { path: 'prefix.c', text: prefixSource(graph, plan, places, facts) },
    arenaBytes: facts.arenaBytes,
    facts: {
      operators: graph.ops.length,
      sampleBytes: facts.inputBytes,
      parameterBytes: parameterEnd(graph, layout),
      outputOffset: facts.outputOffset,
    },
  };
}

interface WrittenPrefix {
  readonly file: SourceFile;
  readonly arenaBytes: number;
  readonly facts: PrefixFacts;
}

const withPrefix = (facts: ModelFacts, prefix: WrittenPrefix): ModelFacts => ({
  ...facts,
  arenaBytes: Math.max(facts.arenaBytes, prefix.arenaBytes),
  prefix: prefix.facts,
});

/** Writes a model as C; the same request gives the same text. */
export function generate(request: GenerateRequest): Result<GeneratedModel, Unsupported> {
  const { graph, plan, layout } = request;
  const faults = faultsOf(request);
  if (faults.length > 0) return err(unsupported(graph.name, faults));
  const places = new Places(graph, plan, layout);
  const prefix = writtenPrefix(request);
  const own = factsOf(graph, plan, layout, places);
  const facts = prefix ? withPrefix(own, prefix) : own;
  return ok({
    files: [
      { path: 'model_config.h', text: configHeader(facts) },
      { path: 'model.c', text: modelSource(graph, plan, places, facts) },
      ...(prefix ? [prefix.file] : []),
    ],
    facts,
    writes: callWrites(graph, plan),
  });
}
