import { CHUNK_BYTES, executionId, layoutId, schemeId, type TrainJob } from '#libs/fleet/protocol';
import type { Artifact } from '#test/support/scripted-server/index';

/** What a program was generated with: numbers that a job must name for the program to take it. */
export interface ProgramNumbers {
  readonly layout: number;
  readonly scheme: number;
}

type Order = Pick<
  TrainJob,
  'execution' | 'attempt' | 'artifact' | 'sizeBytes' | 'sha256' | 'chunkBytes' | 'layout' | 'scheme'
>;

/** What every job says: on which parameters, for which program. */
export const orderFor = (
  execution: number,
  artifact: Artifact,
  { layout, scheme }: ProgramNumbers,
): Order => ({
  execution: executionId(execution),
  attempt: 1,
  artifact: artifact.id,
  sizeBytes: artifact.bytes.length,
  sha256: artifact.sha256,
  chunkBytes: CHUNK_BYTES,
  layout: layoutId(layout),
  scheme: schemeId(scheme),
});
