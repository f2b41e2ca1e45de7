/**
 * Where nothing trained stands before a layer, its input is the same for a sample in every pass: a session can compute it once a
 * sample, keep it beside the sample, and run only what follows. Which cut that is, and whether it pays.
 */
import type { Board } from '#libs/firmware/boards';
import { type Plan, type PlanRequest, placeAll } from '#libs/firmware/planner';
import { type Graph, graphMacs, isLayer, tensorBytes, tensorOf } from '#libs/model/ir';
import { type CutStep, cutStep, prefixCuts } from '#libs/model/passes';

/** What a session computes once of every sample, before its first step. Its arena is the step's, before variables are loaded. */
export interface PlannedPrefix {
  /** From the model's input to the features: the input of the step. */
  readonly graph: Graph;
  readonly plan: Plan;
}

/** What can be kept beside a sample. */
export interface FeatureRoom {
  /** Bytes of the features of one sample that there is place for; no SRAM of the session. */
  readonly featureBytes: number;
}

/** What devices on a board can keep beside a sample; undefined: nothing. */
export const roomOn = ({ featureBytes }: Board): FeatureRoom | undefined =>
  featureBytes > 0 ? { featureBytes } : undefined;

/** A cut and what it costs. */
export interface StepCut extends CutStep {
  readonly featureBytes: number;
  /** Multiply-accumulates of a step that are saved. */
  readonly savedMacs: number;
}

/** A later cut with larger features must save more of what is left of a step than this. */
const WORTH_LARGER_FEATURES = 1 / 32;
/** Saving less of a step than this does not pay for keeping features, where there is memory enough. */
const WORTH_KEEPING = 1 / 20;

/** Bytes of the features that a prefix gives. */
export const featureBytesOf = (prefix: Graph): number =>
  prefix.outputs.reduce((sum, id) => sum + tensorBytes(tensorOf(prefix, id)), 0);

/** How many layers of the model stand in a prefix. */
export const layersIn = (prefix: Graph): number => prefix.ops.filter(isLayer).length;

function stepCuts(
  inference: Graph,
  training: Graph,
  { featureBytes: room }: FeatureRoom,
): readonly StepCut[] {
  return prefixCuts(inference, training)
    .map((cut): StepCut => {
      const parts = cutStep(inference, training, cut);
      return { ...parts, featureBytes: featureBytesOf(parts.prefix), savedMacs: graphMacs(parts.prefix) };
    })
    .filter(({ featureBytes, savedMacs }) => featureBytes <= room && savedMacs > 0);
}

/**
 * The cut that leaves the least to a step among those whose features there is room for; or one before it with smaller features, if what it
 * leaves is hardly more. Undefined: the first layer is trained, a shortcut spans all that is frozen, or there is no room.
 */
export function bestCut(inference: Graph, training: Graph, room: FeatureRoom): StepCut | undefined {
  const cuts = stepCuts(inference, training, room);
  const last = cuts.at(-1);
  if (!last) return undefined;
  const left = graphMacs(training) - last.savedMacs;
  const hardlyMore = cuts.filter(
    ({ savedMacs }) => last.savedMacs - savedMacs <= left * WORTH_LARGER_FEATURES,
  );
  return hardlyMore.reduce((best, cut) => (cut.featureBytes <= best.featureBytes ? cut : best));
}

/** Does it save enough time? */
export const savesTime = (training: Graph, { savedMacs }: StepCut): boolean =>
  savedMacs >= graphMacs(training) * WORTH_KEEPING;

/** There is a kernel that averages row by row. */
const ROWS = { reduceByRows: true } as const;

/** A prefix with the fewest calls for which it needs no more memory than the step, or with the least memory that it can do with. */
export const plannedPrefix = (
  graph: Graph,
  stepBytes: number,
  request: Partial<PlanRequest>,
): PlannedPrefix => ({
  graph,
  plan: placeAll(graph, { ...request, ...ROWS, optimize: 'speed', budgetBytes: stepBytes }),
});
