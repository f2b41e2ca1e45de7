import type { Graph, OpKind } from '#libs/model/ir';

/** Which training constants of a layer (N0) a program reads. */
export interface TrainingNeeds {
  /** c[o], k[o]: gradients pass through the layer. */
  readonly back: boolean;
  readonly weightStep: boolean;
  readonly biasStep: boolean;
}

export const ALL_NEEDS: TrainingNeeds = { back: true, weightStep: true, biasStep: true };
export const NO_NEEDS: TrainingNeeds = { back: false, weightStep: false, biasStep: false };

/** Channels that are frozen are looked at by updates, and by the forward half where biases are trained. */
export const readsFrozen = ({ weightStep, biasStep }: TrainingNeeds): boolean => weightStep || biasStep;

/** What an operator of the backward half reads of its layer; that it meets the layer at all means `back`. */
const READS: Partial<Record<OpKind, Partial<TrainingNeeds>>> = {
  headInputGradient: ALL_NEEDS,
  headUpdate: ALL_NEEDS,
  weightUpdate: { weightStep: true },
  biasUpdate: { biasStep: true },
  scaleGradient: {},
  inputGradient: {},
};

/** Of every layer (number of N8) that the backward half of a training graph meets. */
export function trainingNeeds(training: Graph): ReadonlyMap<number, TrainingNeeds> {
  const needs = new Map<number, TrainingNeeds>();
  for (const op of training.ops) {
    const reads = READS[op.kind];
    if (!reads || !('layer' in op)) continue;
    needs.set(op.layer, { ...NO_NEEDS, ...needs.get(op.layer), back: true, ...reads });
  }
  return needs;
}
