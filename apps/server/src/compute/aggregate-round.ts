import { err, fault, ok, type Result } from '#libs/base/result';
import { packParameters, parameterLayout } from '#libs/firmware/codegen';
import { inferenceGraph } from '#libs/firmware/program';
import {
  aggregate,
  type Contribution,
  MEAN,
  publish,
  readMaster,
  startMaster,
  writeMaster,
} from '#libs/fleet/aggregate';
import type { Objective } from '#libs/model/ir';
import { patchTflite } from '#libs/model/tflite';

export interface AggregateRoundInput {
  readonly name: string;
  readonly objective: Objective;
  /** The .tflite file of the version that was trained from. */
  readonly file: Uint8Array;
  /** Its master; absent: the file's own constants. */
  readonly master: Uint8Array | undefined;
  readonly contributions: readonly Contribution[];
}

/** A new version, as it is kept. */
export interface AggregatedVersion {
  readonly file: Uint8Array;
  readonly master: Uint8Array;
  /** The parameter image. */
  readonly image: Uint8Array;
  readonly layout: number;
}

/** From the deltas of a round to the files of the next version. The same input gives the same bytes. */
export function aggregateRound({
  name,
  objective,
  file,
  master,
  contributions,
}: AggregateRoundInput): Result<AggregatedVersion> {
  const graph = inferenceGraph(file, name, objective);
  if (!graph.ok) return graph;
  const before = master ? readMaster(graph.value, master) : startMaster(graph.value);
  if (!before.ok) return before;
  const moved = aggregate(before.value, contributions, MEAN);
  if (!moved.ok) return moved;
  const next = publish({ graph: graph.value, before: before.value, after: moved.value.master });
  const patched = patchTflite(file, next.patches);
  if (!patched.ok) return patched;
  const version = inferenceGraph(patched.value, name, objective);
  if (!version.ok) return version;
  const layout = parameterLayout(version.value).id;
  if (layout !== parameterLayout(graph.value).id) {
    return err(fault('aggregate.other-layout', 'the new version would need other programs than its parent'));
  }
  const image = packParameters(version.value);
  return ok({ file: patched.value, master: writeMaster(next.master), image, layout });
}
