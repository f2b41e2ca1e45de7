/**
 * Random graphs of one operator, and random networks, on an engine and on the reference. Generated code runs in an arena
 * full of noise, so that nothing can rely on what an inference before left there.
 */
import { equalBytes } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type InferenceOptions, inferenceProgram } from '#libs/firmware/program';
import { build, loadBoard, openEngine, type TargetName } from '#libs/firmware/toolchain';
import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { type InputValue, runGraph } from '#libs/model/reference';
import { withDeadChannels } from '#test/support/dead-channels';
import { testWorkshop } from '#test/support/harness';
import {
  INTEGER_KINDS,
  randomBranchyNetwork,
  randomInputs,
  randomOperatorGraph,
} from '#test/support/random-operators';

/** Where and how graphs are run. */
export interface FuzzVariant {
  readonly target: TargetName;
  readonly sanitize?: boolean;
  /** ARM: a board that is emulated. */
  readonly board?: string;
  /** How it is planned. */
  readonly plan?: InferenceOptions;
}

const INPUTS_A_GRAPH = 4;

const bytesOf = (value: object | undefined): Uint8Array => {
  if (!ArrayBuffer.isView(value)) throw new Error('the reference has no bytes for a tensor');
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
};

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** What the reference computes: the values of some tensors, one after the other. */
function expectedOf(graph: Graph, inputs: readonly InputValue[], tensors: readonly TensorId[]): Uint8Array {
  const values = runGraph(graph, inputs);
  return joined(tensors.map((id) => bytesOf(values.get(id))));
}

/** What a compiler complained about, or the first tensor that differs from the reference; undefined when all is well. */
export async function differenceOn(
  graph: Graph,
  seed: number,
  { target, sanitize = false, board: boardName = 'mps2-an386', plan = {} }: FuzzVariant,
): Promise<string | undefined> {
  const { inference, model, parameters } = unwrap(inferenceProgram(graph, plan));
  const board = unwrap(await loadBoard(testWorkshop, boardName));
  const request = { program: 'inference', target, board, model, parameters, trace: true, sanitize } as const;
  const built = unwrap(await build(testWorkshop, request));
  if (built.warnings !== '') return `${graph.name}: ${built.warnings}`;
  const engine = openEngine(testWorkshop, built);
  const cases = Array.from({ length: INPUTS_A_GRAPH }, (_, i) => randomInputs(inference, seed + i));
  const inputs = cases.map((values) => joined(values.map(bytesOf)));
  const { outputs, layers = [] } = unwrap(await engine.forward({ inputs, fill: seed }));
  const wrongCall = model.facts.calls.find(({ tensor }, i) => {
    const layer = layers[i];
    return !layer || !equalBytes(layer, expectedOf(inference, at(cases, 0), [tensor]));
  });
  if (wrongCall) return `${graph.name}: ${tensorOf(inference, wrongCall.tensor).name}`;
  const wrong = cases.findIndex(
    (values, i) => !equalBytes(at(outputs, i), expectedOf(graph, values, graph.outputs)),
  );
  return wrong < 0 ? undefined : `${graph.name}: outputs of input ${wrong}`;
}

/** Networks among the graphs of one operator. */
const NETWORKS = 3;
const GRAPHS = INTEGER_KINDS.length + NETWORKS;

/** A graph of every kind of operator in turn, then a few networks of many, every other one with constant channels. */
export function fuzzGraph(seed: number): Graph {
  const kind = INTEGER_KINDS[seed % GRAPHS];
  if (kind !== undefined) return randomOperatorGraph(kind, seed);
  const network = runPasses(randomBranchyNetwork(seed), INFERENCE_PASSES);
  return seed % 2 === 0 ? network : withDeadChannels(network, seed);
}

/** Whole maps, row by row, row by row from a sensor, and as fast as can be. */
const PLANS: readonly InferenceOptions[] = [
  {},
  { optimize: 'ram' },
  { optimize: 'ram', inputRows: true },
  { kernels: 'dsp', dropConstant: true },
];
/** On cores with vector instructions, besides. */
const VECTOR_PLANS: readonly InferenceOptions[] = [
  { kernels: 'mve', dropConstant: true },
  { kernels: 'mve', optimize: 'ram' },
  { kernels: 'mve-lean', optimize: 'ram', inputRows: true },
];

async function plansFor({ target, board }: FuzzVariant): Promise<readonly InferenceOptions[]> {
  const hasVectors =
    target === 'arm' && board !== undefined && unwrap(await loadBoard(testWorkshop, board)).mve;
  return hasVectors ? [...PLANS, ...VECTOR_PLANS] : PLANS;
}

/** @returns what differed, one line a graph */
export async function runOperatorFuzz(
  runs: number,
  seed: number,
  variant: FuzzVariant = { target: 'native', sanitize: true },
): Promise<readonly string[]> {
  const differences: string[] = [];
  const plans = await plansFor(variant);
  for (let i = seed; i < seed + runs; i++) {
    // Every kind meets every plan, whatever the two counts have in common.
    const plan = plans[(i + Math.floor(i / GRAPHS)) % plans.length] ?? {};
    const difference = await differenceOn(fuzzGraph(i), i, { plan, ...variant }).catch(
      (error: unknown) => `seed ${i}: ${String(error)}`,
    );
    if (difference !== undefined) differences.push(`seed ${i}: ${difference}`);
  }
  return differences;
}
