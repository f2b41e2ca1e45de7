/** Whole training steps of networks on an engine and on the reference: losses, outputs, every trained number. */
import { at, unwrap } from '#libs/base/result';
import { build, loadBoard, openEngine, type TrainJob } from '#libs/firmware/toolchain';
import { packParameters } from '#libs/firmware/codegen';
import { planStep, written } from '#libs/firmware/program';
import type { Graph, GradientStorage } from '#libs/model/ir';
import { trainingGraph, type TrainingScheme } from '#libs/model/passes';
import { rateOf } from '#libs/model/quant';
import { featureMaker } from '#libs/model/reference';
import { testWorkshop } from '#test/support/harness';
import { type Learnt, learntByEngine, learntByReference } from '#test/support/learnt';
import { randomInputs, randomScheme } from '#test/support/random-networks';
import { randomTrainedNetwork } from '#test/support/random-training';
import type { FuzzVariant } from './operator-fuzz';

const STEPS = 5;
const INPUTS = 3;
const rates = { weights: rateOf(0.05), bias: rateOf(0.02), head: rateOf(0.1) };

export interface TrainingVariant extends FuzzVariant {
  /** What stands before the first trained layer has run, on the reference; the engine's inputs are what it made. */
  readonly isCached?: boolean;
  /** Default: int16. */
  readonly gradients?: GradientStorage;
}

interface Job extends TrainJob {
  readonly inputs: readonly Int8Array[];
}

function jobOf(inference: Graph, labels: number, parameters: Uint8Array): Job {
  const inputs = randomInputs(inference, INPUTS, 5);
  const steps = Array.from({ length: STEPS }, (_, i) => ({ input: i % INPUTS, label: (i * 7) % labels }));
  return { parameters, inputs, steps, seed: 0xfeed, rates: [{ firstStep: 0, ...rates }], digests: true };
}

/** A line a step, then state and delta. */
const linesOf = ({ steps, state, delta }: Learnt): readonly string[] => [
  ...steps.map(({ loss, output }, i) => `step ${i}: loss ${loss}, output ${output}`),
  `state ${state}`,
  `delta ${delta}`,
];

/**
 * What a compiler complained about, or where the engine first says something else than the reference. The engine's program runs
 * whole operators, or (`ram`) rows and channels of them and gradients made anew, perhaps behind a prefix; the reference always all, whole.
 */
export async function trainingDifference(
  inference: Graph,
  scheme: TrainingScheme,
  {
    target,
    sanitize = false,
    board: boardName = 'mps2-an386',
    plan = {},
    isCached = false,
    gradients = 'int16',
  }: TrainingVariant,
): Promise<string | undefined> {
  const cache = isCached ? { featureBytes: Infinity } : undefined;
  const step = unwrap(planStep(inference, scheme, { ...plan, cache, gradients }));
  const { model } = unwrap(written(inference, step));
  const board = unwrap(await loadBoard(testWorkshop, boardName));
  const request = { program: 'harness', target, board, model, sanitize, trace: true } as const;
  const built = unwrap(await build(testWorkshop, request));
  if (built.warnings !== '') return `${inference.name}: ${built.warnings}`;
  const job = jobOf(inference, model.facts.training?.labels ?? 0, packParameters(inference));
  const inputs = step.prefix ? job.inputs.map(featureMaker(step.prefix.graph)) : job.inputs;
  const result = unwrap(await openEngine(testWorkshop, built).train({ ...job, inputs }));
  const lines = linesOf(learntByEngine(result));
  const training = unwrap(trainingGraph(inference, scheme, { gradients }));
  const expected = linesOf(learntByReference(training, job));
  const wrong = expected.findIndex((line, i) => line !== lines[i]);
  return wrong < 0 ? undefined : `${inference.name}, ${scheme.name}: ${at(expected, wrong).slice(0, 40)}`;
}

/** Every layer trained in turn with some of them. */
export function fuzzScheme(inference: Graph, seed: number): TrainingScheme {
  const layers = inference.ops.filter((op) => 'weights' in op).length - 1;
  if (seed % 2 === 1) return randomScheme(inference, seed);
  const weightLayers = Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 }));
  return { name: 'all', biasLayers: layers, weightLayers };
}

export interface TrainingFuzz {
  /** What differed, one line a network. */
  readonly differences: readonly string[];
  /** Networks that were refused as not trainable, which is no difference. */
  readonly refused: number;
}

export async function runTrainingFuzz(
  runs: number,
  seed: number,
  variant: FuzzVariant = { target: 'native', sanitize: true },
): Promise<TrainingFuzz> {
  const differences: string[] = [];
  let refused = 0;
  for (let i = seed; i < seed + runs; i++) {
    const inference = randomTrainedNetwork(i);
    const scheme = fuzzScheme(inference, i);
    if (!trainingGraph(inference, scheme).ok) {
      refused++;
      continue;
    }
    const plan = i % 3 === 0 ? ({ optimize: 'ram' } as const) : {};
    const isCached = i % 4 === 1;
    const gradients = i % 5 === 2 ? 'int8' : 'int16';
    const difference = await trainingDifference(inference, scheme, {
      plan,
      isCached,
      gradients,
      ...variant,
    }).catch((error: unknown) => `seed ${i}: ${String(error)}`);
    if (difference !== undefined) differences.push(`seed ${i}: ${difference}`);
  }
  return { differences, refused };
}
