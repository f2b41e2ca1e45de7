import { err, ok, type Result } from '#libs/base/result';
import { type DeltaLayout, encodeDelta } from '#libs/fleet/delta';
import { aggregate, deltaLayoutOf, MEAN, publish, startMaster } from '#libs/fleet/aggregate';
import type { Graph } from '#libs/model/ir';
import type { PlannedStep } from '#libs/firmware/program';
import { schemeId } from '#libs/model/scheme';
import { patchTflite } from '#libs/model/tflite';

/** The layout of what a planned step learns. */
export const layoutOf = ({ scheme, training }: PlannedStep): DeltaLayout =>
  deltaLayoutOf(schemeId(scheme), training);

/** The delta as it travels (libs/fleet/delta/DELTA.md). */
export const encodedDelta = (step: PlannedStep, raw: Uint8Array): Result<Uint8Array> =>
  encodeDelta(layoutOf(step), raw);

/** Can this model be written with new values? Asked before the work. Refused: `aggregate.ambiguous-name`. */
export function checkExport(inference: Graph): Result<void> {
  const master = startMaster(inference);
  return master.ok ? ok(undefined) : master;
}

/**
 * The model file with what was learnt in it, as a fleet of one device would publish it: weights and biases as the device had them,
 * the head's weights, which trained with 16 bits, rounded to int8 in a new scale for each class that changed.
 * @param file the model's file
 */
export function trainedFile(
  file: Uint8Array,
  inference: Graph,
  step: PlannedStep,
  raw: Uint8Array,
): Result<Uint8Array> {
  const before = startMaster(inference);
  if (!before.ok) return before;
  const layout = layoutOf(step);
  const moved = aggregate(before.value, [{ deviceId: 'this', sampleCount: 1, layout, raw }], MEAN);
  if (!moved.ok) return err(moved.error);
  const { patches } = publish({ graph: inference, before: before.value, after: moved.value.master });
  return patchTflite(file, patches);
}
