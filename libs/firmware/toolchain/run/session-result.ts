import { ByteReader } from '#libs/base/bytes';
import { err, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { ModelFacts } from '#libs/firmware/codegen';
import type { EpochRecord, Saturated, SessionEnd, SessionRecord, Tally } from '#libs/model/session';
import { type RunFault, trapped } from './result';
import { ROW_ALIGNMENT, type SessionJob, sessionRowBytes } from './session-job';

/** What a session gave, and what the program measured while it ran. */
export interface SessionResult extends SessionRecord {
  /** The arena was painted before the session: bytes up to the last one that was written. */
  readonly arenaPeakBytes: number;
  /** High water of the stack where the board measures it, else 0. */
  readonly stackBytes: number;
}

const MAGIC = 0x52544c46;
const HEAD_BYTES = 136;
/** By the numbers of fl_codes.h. */
const ENDS: readonly SessionEnd[] = ['passes', 'lowLoss', 'noProgress', 'guard'];
const EPOCH_BYTES = 32;
const EPOCHS_AT = 16;
const MOST_ATTEMPTS = 3;
const PASS_LOSS_BYTES = 4;
const ORDER_BYTES = 2;
/** More than what four alignments can add. */
const SLACK_BYTES = 64;

/** Of a row that a model with a prefix keeps; 0 of other models. */
const keptRowBytes = ({ prefix, inputBytes }: ModelFacts): number =>
  prefix ? sessionRowBytes(inputBytes) : 0;

/** What the size of a result depends on. */
export interface SessionExtent {
  readonly passes: number;
  readonly adaptRows: number;
  readonly testRows: number;
}

const capacityWithoutFeatures = ({ passes, adaptRows }: SessionExtent, deltaBytes: number): number =>
  HEAD_BYTES +
  passes * (MOST_ATTEMPTS * EPOCH_BYTES + PASS_LOSS_BYTES) +
  deltaBytes +
  adaptRows * ORDER_BYTES +
  SLACK_BYTES;

/** Bytes that are enough for the result of a job, and for what the session is lent and what it keeps behind it. */
export function sessionCapacity({ plan, rows }: SessionJob, facts: ModelFacts): number {
  const extent = { passes: plan.passes, adaptRows: rows.adapt.length, testRows: rows.test.length };
  return (
    capacityWithoutFeatures(extent, facts.training?.deltaBytes ?? 0) +
    (extent.adaptRows + extent.testRows) * keptRowBytes(facts)
  );
}

/**
 * The largest features of a row that there is room for behind the result, where the program runs on that board.
 * @param deltaBytes at most
 */
export function featureRoom({ memory }: Board, extent: SessionExtent, deltaBytes: number): number {
  const room = (memory.storage?.bytes ?? 0) / 2 - capacityWithoutFeatures(extent, deltaBytes);
  const rowBytes = Math.floor(room / (extent.adaptRows + extent.testRows));
  return Math.max(0, rowBytes - sessionRowBytes(0) - ROW_ALIGNMENT);
}

const readTally = (reader: ByteReader): Tally => ({
  items: reader.u32(),
  right: reader.u32(),
  lossSum: reader.u32(),
});

const readEpoch = (reader: ByteReader): EpochRecord => ({
  restart: reader.u32(),
  pass: reader.u32(),
  learned: readTally(reader),
  test: readTally(reader),
});

/** The passes that a session has made so far: of a result that is complete, or still grows. */
export function readEpochs(bytes: Uint8Array): readonly EpochRecord[] {
  const head = new ByteReader(bytes, EPOCHS_AT);
  const [offset, count] = [head.u32(), head.u32()];
  if (offset === 0) return [];
  const reader = new ByteReader(bytes, offset);
  return Array.from({ length: Math.min(count, Math.floor(reader.remaining / EPOCH_BYTES)) }, () =>
    readEpoch(reader),
  );
}

interface Head {
  readonly status: number;
  readonly detail: number;
  readonly delta: { readonly offset: number; readonly bytes: number };
  readonly kept: boolean;
  readonly steps: number;
  readonly restarts: number;
  readonly arenaPeakBytes: number;
  readonly stackBytes: number;
  readonly trap: {
    readonly exception: number;
    readonly status: number;
    readonly address: number;
    readonly programCounter: number;
  };
  readonly tallies: Pick<SessionRecord, 'before' | 'base' | 'check' | 'after'>;
  readonly end: SessionEnd;
  readonly saturated: Saturated;
}

function readHead(bytes: Uint8Array): Head {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw new RangeError('no result was written');
  const [status, detail] = [reader.u32(), reader.u32()];
  for (let skipped = 0; skipped < 3; skipped++) reader.u32();
  return {
    status,
    detail,
    delta: { offset: reader.u32(), bytes: reader.u32() },
    kept: reader.u32() === 1,
    steps: reader.u32(),
    restarts: reader.u32(),
    arenaPeakBytes: reader.u32(),
    stackBytes: reader.u32(),
    trap: {
      exception: reader.u32(),
      status: reader.u32(),
      address: reader.u32(),
      programCounter: reader.u32(),
    },
    tallies: {
      before: readTally(reader),
      base: readTally(reader),
      check: readTally(reader),
      after: readTally(reader),
    },
    end: readEnd(reader),
    saturated: { weights: reader.u32(), headWeights: reader.u32(), biases: reader.u32() },
  };
}

function readEnd(reader: ByteReader): SessionEnd {
  const number = reader.u32();
  const end = ENDS[number];
  if (end === undefined) throw new RangeError(`a session does not end by ${number}`);
  return end;
}

function faultOf({ status, detail, trap }: Head): RunFault | undefined {
  switch (status) {
    case 0:
      return undefined;
    case 1:
      return { code: 'run.bad-job', message: 'the program refused the session' };
    case 2:
      return { code: 'run.no-room', message: `the result needs ${detail} bytes` };
    case 3:
      return trapped(trap);
    default:
      return { code: 'run.failed', message: `the program ended with status ${status}` };
  }
}

/** A complete result, or why there is none. */
export function readSessionResult(bytes: Uint8Array): Result<SessionResult, RunFault> {
  try {
    const head = readHead(bytes);
    const fault = faultOf(head);
    if (fault) return err(fault);
    const { delta, kept, steps, restarts, arenaPeakBytes, stackBytes, tallies, end, saturated } = head;
    return ok({
      ...tallies,
      epochs: readEpochs(bytes),
      kept,
      end,
      saturated,
      steps,
      restarts,
      delta: new ByteReader(bytes, delta.offset).take(delta.bytes).slice(),
      arenaPeakBytes,
      stackBytes,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return err({ code: 'run.failed', message: `unreadable result: ${error.message}` });
  }
}
