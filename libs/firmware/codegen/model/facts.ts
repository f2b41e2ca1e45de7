import { invariant } from '#libs/base/result';
import {
  elementCount,
  gradientStorage,
  type GradientStorage,
  type Graph,
  isBackward,
  isLoss,
  type Objective,
  objectiveOf,
  ruleOf,
  tensorBytes,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { mantissaBits } from '#libs/model/quant';
import { bufferOf, inputsRead, type Plan, rowLayoutOf } from '#libs/firmware/planner';
import type { ParameterLayout } from '../parameters/layout';
import type { Places } from './places';
import { sessionLayout } from './variables';

/** An input or output of a generated model. */
export interface Port {
  readonly tensor: TensorId;
  /** In the arena; absent for an input that is read where the caller has it, and for one that comes row by row. */
  readonly offset?: number;
  readonly bytes: number;
  /** An input whose rows the model asks for, in order (`fl_model_read_input`): how many bytes each has. */
  readonly rowBytes?: number;
}

/** A call of the forward pass that leaves a result in the arena: what `fl_after_call` is shown. */
export interface TracedCall {
  /** Index in `graph.ops`. */
  readonly op: number;
  readonly tensor: TensorId;
  readonly bytes: number;
}

/** The model's beginning, which runs once a sample. */
export interface PrefixFacts {
  /** How many operators of the model it is: tells one prefix of a model from another. */
  readonly operators: number;
  readonly sampleBytes: number;
  /** It reads nothing of the parameter image behind these. */
  readonly parameterBytes: number;
  /** Where it leaves the features, as many bytes as the model's input has. */
  readonly outputOffset: number;
}

/** The FL_MODEL_* numbers of a generated model (fl_model.h). */
export interface ModelFacts {
  readonly name: string;
  readonly arenaBytes: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The caller writes the inputs to their places in the arena before every forward pass. */
  readonly inputsInArena: boolean;
  /** Of all inputs. */
  readonly inputBytes: number;
  /** Of the first output. */
  readonly outputOffset: number;
  /** Of all outputs. */
  readonly outputBytes: number;
  readonly parameterBytes: number;
  /** Names the layout of the parameter image. */
  readonly layout: number;
  /** In execution order. */
  readonly calls: readonly TracedCall[];
  /** The largest scratch of one call; part of the arena. */
  readonly scratchBytes: number;
  /** Where its input is what `fl_prefix_forward` makes of a sample. */
  readonly prefix?: PrefixFacts;
  /** Where the model trains. */
  readonly training?: {
    readonly objective: Objective;
    /** 1 where it tells no classes apart. */
    readonly classes: number;
    /** Labels are below this. */
    readonly labels: number;
    readonly scheme: number;
    /** As what mantissas are stored, and how many bits they have (N4). */
    readonly gradients: GradientStorage;
    readonly mantissaBits: number;
    readonly stateBytes: number;
    readonly deltaBytes: number;
    readonly variables: number;
  };
}

/** The inputs that a caller hands in: labels are an argument of their own. */
export const inputsOf = (graph: Graph): readonly TensorId[] =>
  graph.inputs.filter((id) => tensorOf(graph, id).role === 'input');

/** Where the caller writes them; inputs that come row by row lie there, too, but not whole. */
export const inputsLieInArena = (graph: Graph, plan: Plan): boolean =>
  !inputsComeByRows(plan) && inputsOf(graph).some((id) => bufferOf(plan, id) !== undefined);

/** All inputs come that way, or none. */
export const inputsComeByRows = ({ schedule }: Plan): boolean => inputsRead(schedule).size > 0;

export const isTraining = (graph: Graph): boolean => graph.ops.some(isLoss);

/** A label that is a number is the byte of an int8. */
const BYTES = 256;

function trainingFacts(graph: Graph, output: TensorId): NonNullable<ModelFacts['training']> {
  const { scheme, stateBytes, deltaBytes, variables } = sessionLayout(graph);
  const objective = objectiveOf(graph);
  const classes = objective === 'classify' ? elementCount(tensorOf(graph, output).shape) : 1;
  return {
    objective,
    classes,
    labels: objective === 'classify' ? classes : BYTES,
    scheme,
    gradients: gradientStorage(graph),
    mantissaBits: mantissaBits(graph),
    stateBytes,
    deltaBytes,
    variables: variables.length,
  };
}

const bytesOfTensor = (graph: Graph, id: TensorId): number => tensorBytes(tensorOf(graph, id));

function portOf(graph: Graph, places: Places, tensor: TensorId): Port {
  const place = places.of(tensor);
  const bytes = bytesOfTensor(graph, tensor);
  return place.in === 'arena' ? { tensor, offset: place.offset, bytes } : { tensor, bytes };
}

/** By rows: operators in the order of their segment, each as if it ran whole. */
function callsOf(graph: Graph, { schedule }: Plan, places: Places): readonly TracedCall[] {
  const ops = schedule.segments.flatMap(({ ops: each }) => each);
  return ops.flatMap((index) => {
    const op = graph.ops[index];
    const [tensor] = op && !isBackward(op) ? ruleOf(op).outputs(op) : [];
    return tensor !== undefined && places.of(tensor).in === 'arena'
      ? [{ op: index, tensor, bytes: bytesOfTensor(graph, tensor) }]
      : [];
  });
}

/** Does the model ask for the rows of its inputs? */
export const readsRows = ({ inputs }: Pick<ModelFacts, 'inputs'>): boolean =>
  inputs.some(({ rowBytes }) => rowBytes !== undefined);

const sum = (parts: readonly { readonly bytes: number }[]): number =>
  parts.reduce((total, { bytes }) => total + bytes, 0);

/** Bytes of what a session is given a row of: the model's input, or what its prefix makes that of. */
export const sampleBytesOf = ({ inputBytes, prefix }: Pick<ModelFacts, 'inputBytes' | 'prefix'>): number =>
  prefix?.sampleBytes ?? inputBytes;

/** What `fl_after_call` is shown in one forward pass. */
export const traceBytes = ({ calls }: ModelFacts): number => sum(calls);

export function factsOf(graph: Graph, plan: Plan, layout: ParameterLayout, places: Places): ModelFacts {
  const inputs = inputsOf(graph).map((tensor): Port =>
    inputsComeByRows(plan)
      ? { tensor, bytes: bytesOfTensor(graph, tensor), rowBytes: rowLayoutOf(graph, tensor).rowBytes }
      : portOf(graph, places, tensor),
  );
  const outputs = graph.outputs.map((id) => portOf(graph, places, id));
  const [first] = outputs;
  invariant(first?.offset !== undefined, `${graph.name}: the output is not in the arena`);
  return {
    name: graph.name,
    arenaBytes: plan.peakBytes,
    inputs,
    outputs,
    inputsInArena: inputsLieInArena(graph, plan),
    inputBytes: sum(inputs),
    outputOffset: first.offset,
    outputBytes: sum(outputs),
    parameterBytes: layout.bytes,
    layout: layout.id,
    calls: callsOf(graph, plan, places),
    scratchBytes: plan.scratchBytes,
    ...(isTraining(graph) ? { training: trainingFacts(graph, first.tensor) } : {}),
  };
}
