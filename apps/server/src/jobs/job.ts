/** Every kind of background work, with what it is about. */
export interface JobPayloads {
  /** Plans, generates and builds the program of one device; its state says how it ended. */
  readonly prepareDevice: { readonly deviceId: string };
  /** Aggregates the deltas of a closed round into a model version. */
  readonly aggregateRound: { readonly roundId: string };
  /** Runs a model version on its model's evaluation set. */
  readonly evaluateVersion: { readonly versionId: string };
}

export type JobName = keyof JobPayloads;
export const JOB_NAMES = Object.keys({
  prepareDevice: true,
  aggregateRound: true,
  evaluateVersion: true,
} satisfies Record<JobName, true>) as readonly JobName[];

/** What is to be done, and to what: a job with the same name and key that still waits is the same job. */
export interface NewJob<N extends JobName = JobName> {
  readonly name: N;
  readonly key: string;
  readonly payload: JobPayloads[N];
}

export interface ClaimedJob extends NewJob {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
}

export interface JobHandler<N extends JobName> {
  /** Throws where the world is at fault (disk, compiler); the job is then tried again. */
  run(payload: JobPayloads[N]): Promise<void>;
  /** After the last attempt. */
  giveUp(payload: JobPayloads[N], error: Error): Promise<void>;
}
