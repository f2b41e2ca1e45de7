import type { Result } from '#libs/base/result';
import type { CborMap, CborValue } from '../cbor';
import { refuse, type ProtocolFault } from '../faults';
import { constant, digest, int, optional, required, text, uint } from '../fields';
import type { ArtifactId, ExecutionId, LayoutId, SchemeId } from '../ids';
import { CHUNK_BYTES, MAX_PASSES, MAX_TEXT_BYTES, MAX_WAIT_MS } from '../limits';
import { decodeRecord, encodeRecord, record, type Fields, type RecordCodec } from '../record';
import { learningRates, type LearningRateSegment } from './learning-rates';
import { type ItemOrder, itemOrder, type StopRule, stopRule } from './session-plan';

/** Nothing to do: say hello again after `waitMs`. */
export interface WaitJob {
  readonly kind: 'wait';
  readonly waitMs: number;
  readonly text?: string;
}

/** The parameter image to fetch, and the program it is for. */
export interface WorkOrder {
  readonly execution: ExecutionId;
  /** Counts from 1. */
  readonly attempt: number;
  readonly artifact: ArtifactId;
  readonly sizeBytes: number;
  /** SHA-256, 32 bytes. */
  readonly sha256: Uint8Array;
  /** 1,024. */
  readonly chunkBytes: number;
  readonly layout: LayoutId;
  readonly scheme: SchemeId;
}

export interface TrainJob extends WorkOrder {
  readonly kind: 'train';
  readonly seed: number;
  /** Passes over the items, 1..100. */
  readonly passes: number;
  readonly learningRates: readonly LearningRateSegment[];
  /** Absent: shuffled. */
  readonly order?: ItemOrder;
  /** Absent: all passes are made. */
  readonly stop?: StopRule;
}

export interface EvaluateJob extends WorkOrder {
  readonly kind: 'evaluate';
}

/** For good: this device has no part in the fleet's work. */
export interface RefusedJob {
  readonly kind: 'refused';
  readonly text: string;
}

/** Another program is to be programmed into the board before it can work; ask again after `waitMs`. */
export interface InstallJob {
  readonly kind: 'install';
  /** What the program must have been built for. */
  readonly layout: LayoutId;
  readonly scheme: SchemeId;
  readonly waitMs: number;
  readonly text?: string;
}

/** `dn/job`: what a device is to do now. */
export type Job = WaitJob | TrainJob | EvaluateJob | RefusedJob | InstallJob;
export type JobKind = Job['kind'];
export const JOB_KINDS: Readonly<Record<JobKind, number>> = {
  wait: 0,
  train: 1,
  evaluate: 2,
  refused: 3,
  install: 4,
};

const kind = <K extends JobKind>(name: K) => constant(3, JOB_KINDS[name], name);
const layout = uint<LayoutId>(8);
const scheme = uint<SchemeId>(9);
const waitMs = uint(13, MAX_WAIT_MS);
const reason = text(14, MAX_TEXT_BYTES);

const WORK: Fields<WorkOrder> = {
  execution: uint<ExecutionId>(1),
  attempt: uint(2),
  artifact: uint<ArtifactId>(4),
  sizeBytes: uint(5),
  sha256: digest(6),
  chunkBytes: int(7, { least: CHUNK_BYTES, most: CHUNK_BYTES }),
  layout,
  scheme,
};

const WAIT = withoutExecution(record<WaitJob>({ kind: kind('wait'), waitMs, text: optional(reason) }));
const REFUSED = withoutExecution(record<RefusedJob>({ kind: kind('refused'), text: reason }));
const INSTALL = withoutExecution(
  record<InstallJob>({ kind: kind('install'), layout, scheme, waitMs, text: optional(reason) }),
);
const EVALUATE = record<EvaluateJob>({ ...WORK, kind: kind('evaluate') });
const TRAIN = record<TrainJob>({
  ...WORK,
  kind: kind('train'),
  seed: uint(10),
  passes: int(11, { least: 1, most: MAX_PASSES }),
  learningRates: learningRates(12),
  order: optional(itemOrder(15)),
  stop: optional(stopRule(16)),
});

/** Keys 1 and 2 are 0 where there is no execution. */
function withoutExecution<T>(codec: RecordCodec<T>): RecordCodec<T> {
  return {
    read: codec.read,
    write: (job) => new Map<number, CborValue>([[1, 0], [2, 0], ...codec.write(job)]),
  };
}

function read(map: CborMap): Job {
  switch (required(map, 3)) {
    case JOB_KINDS.wait:
      return WAIT.read(map);
    case JOB_KINDS.train:
      return TRAIN.read(map);
    case JOB_KINDS.evaluate:
      return EVALUATE.read(map);
    case JOB_KINDS.refused:
      return REFUSED.read(map);
    case JOB_KINDS.install:
      return INSTALL.read(map);
    default:
      return refuse('protocol.out-of-range', 'key 3 is no kind of job');
  }
}

export function encodeJob(job: Job): Uint8Array {
  switch (job.kind) {
    case 'wait':
      return encodeRecord(WAIT, job);
    case 'train':
      return encodeRecord(TRAIN, job);
    case 'evaluate':
      return encodeRecord(EVALUATE, job);
    case 'refused':
      return encodeRecord(REFUSED, job);
    case 'install':
      return encodeRecord(INSTALL, job);
  }
}

export const decodeJob = (payload: Uint8Array): Result<Job, ProtocolFault> => decodeRecord(payload, read);
