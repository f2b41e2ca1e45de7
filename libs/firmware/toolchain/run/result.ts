import { ByteReader, toHex } from '#libs/base/bytes';
import { err, type Fault, ok, type Result } from '#libs/base/result';
import type { ModelFacts } from '#libs/firmware/codegen';
import type { Build } from '../build/build';

/** The program refused the job, trapped, or gave nothing that can be read. */
export interface RunFault extends Fault {
  readonly code:
    'run.bad-job' | 'run.bad-parameters' | 'run.no-room' | 'run.trapped' | 'run.stray-write' | 'run.failed';
  /** trapped: the processor's exception number (4 MemManage, 5 BusFault, 6 UsageFault, 3 HardFault). */
  readonly exception?: number;
  /** trapped: the address that was touched, 0 where unknown; stray write: the byte of the arena. */
  readonly address?: number;
  readonly programCounter?: number;
  /** Stray write: the number of the call in the plan's schedule. */
  readonly call?: number;
}

/** What must be known of a build to read its results. */
export type Observed = Pick<Build, 'facts' | 'trace' | 'writes'>;

/** What one training step left behind. */
export interface StepRecord {
  /** 1/65536 bit; of a model without classes 1/16 of a squared step. */
  readonly loss: number;
  readonly logits: Int32Array;
  /** The logits, or the int8 output of a model without classes, as bytes. */
  readonly output: Uint8Array;
  /** SHA-256 of the state after the step, where the job asked for it. */
  readonly stateDigest: string;
}

export interface ForwardResult {
  /** int8 outputs, or int32 logits of a model that trains, as bytes. */
  readonly outputs: readonly Uint8Array[];
  /** High water of the stack where the board measures it, else 0. */
  readonly stackBytes: number;
  /** Built with `trace`: what every call of the first inference wrote, in order of execution (`ModelFacts.calls`). */
  readonly layers?: readonly Uint8Array[];
  /** Of the first inference, where they are counted (`ArmOptions`). */
  readonly instructions?: number;
}

export interface TrainResult {
  readonly startDigest: string;
  readonly steps: readonly StepRecord[];
  readonly state: Uint8Array;
  readonly delta: Uint8Array;
  readonly stackBytes: number;
}

const MAGIC = 0x53524c46;
const HEAD_BYTES = 104;
const DIGEST_BYTES = 32;
const LOSS_BYTES = 4;
const EXCEPTIONS: Readonly<Record<number, string>> = {
  3: 'HardFault',
  4: 'MemManage',
  5: 'BusFault',
  6: 'UsageFault',
};

interface Head {
  readonly status: number;
  readonly detail: number;
  readonly records: { readonly offset: number; readonly count: number; readonly bytes: number };
  readonly state: { readonly offset: number; readonly bytes: number };
  readonly delta: { readonly offset: number; readonly bytes: number };
  readonly stackBytes: number;
  readonly trap: {
    readonly exception: number;
    readonly status: number;
    readonly address: number;
    readonly programCounter: number;
  };
  readonly startDigest: string;
  readonly trace: { readonly offset: number; readonly bytes: number };
}

function readHead(bytes: Uint8Array): Head {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw new RangeError('no result was written');
  const status = reader.u32();
  const detail = reader.i32();
  reader.u32();
  const [offset, count, recordBytes] = [reader.u32(), reader.u32(), reader.u32()];
  const state = { offset: reader.u32(), bytes: reader.u32() };
  const delta = { offset: reader.u32(), bytes: reader.u32() };
  const stackBytes = reader.u32();
  const trap = {
    exception: reader.u32(),
    status: reader.u32(),
    address: reader.u32(),
    programCounter: reader.u32(),
  };
  const startDigest = toHex(reader.take(DIGEST_BYTES));
  const trace = { offset: reader.u32(), bytes: reader.u32() };
  return {
    status,
    detail,
    records: { offset, count, bytes: recordBytes },
    state,
    delta,
    stackBytes,
    trap,
    startDigest,
    trace,
  };
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/** The processor trapped. */
export function trapped({ exception, status, address, programCounter }: Head['trap']): RunFault {
  const name = EXCEPTIONS[exception] ?? `exception ${exception}`;
  const message = `the program trapped: ${name} at ${hex(programCounter)} touching ${hex(address)} (status ${hex(status)})`;
  return { code: 'run.trapped', message, exception, address, programCounter };
}

/** A call changed what the plan does not give it. */
function strayWrite({ detail: call, trap: { address } }: Head, writes: Build['writes'] = []): RunFault {
  const name = writes[call]?.name ?? 'unknown';
  const message = `call ${call} (${name}) changed byte ${address} of the arena, which is not its own`;
  return { code: 'run.stray-write', message, call, address };
}

function faultOf(head: Head, writes?: Build['writes']): RunFault | undefined {
  const plain = (code: RunFault['code'], message: string): RunFault => ({ code, message });
  switch (head.status) {
    case 0:
      return undefined;
    case 1:
      return plain('run.bad-job', 'the program refused the job');
    case 2:
      return plain('run.bad-parameters', `the program refused the parameter image (${head.detail})`);
    case 3:
      return plain('run.no-room', `the result needs ${head.detail} bytes`);
    case 4:
      return trapped(head.trap);
    case 5:
      return strayWrite(head, writes);
    default:
      return plain('run.failed', `the program ended with status ${head.status}`);
  }
}

/** Reads a result with `take`, or says why there is none. */
function withHead<T>(
  bytes: Uint8Array,
  { writes }: Pick<Observed, 'writes'>,
  take: (head: Head) => T,
): Result<T, RunFault> {
  try {
    const head = readHead(bytes);
    const fault = faultOf(head, writes);
    return fault ? err(fault) : ok(take(head));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return err({ code: 'run.failed', message: `unreadable result: ${error.message}` });
  }
}

const records = (bytes: Uint8Array, { offset, count, bytes: size }: Head['records']): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, i) => new ByteReader(bytes, offset + i * size).take(size));

/** What each call wrote, one after the other. */
function layersOf(bytes: Uint8Array, { trace }: Head, { calls }: ModelFacts): readonly Uint8Array[] {
  const reader = new ByteReader(bytes, trace.offset);
  const planned = calls.reduce((sum, call) => sum + call.bytes, 0);
  if (trace.bytes !== planned) throw new RangeError(`a trace of ${trace.bytes} bytes instead of ${planned}`);
  return calls.map((call) => reader.take(call.bytes).slice());
}

export const readForwardResult = (bytes: Uint8Array, build: Observed): Result<ForwardResult, RunFault> =>
  withHead(bytes, build, (head) => ({
    outputs: records(bytes, head.records).map((record) => record.slice()),
    stackBytes: head.stackBytes,
    ...(build.trace ? { layers: layersOf(bytes, head, build.facts) } : {}),
  }));

/** Little-endian int32 numbers. */
export function int32s(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}

function stepRecord(record: Uint8Array): StepRecord {
  const reader = new ByteReader(record);
  const loss = reader.i32();
  const stateDigest = toHex(reader.take(DIGEST_BYTES));
  const output = record.slice(LOSS_BYTES + DIGEST_BYTES);
  return { loss, stateDigest, logits: int32s(output), output };
}

export const readTrainResult = (
  bytes: Uint8Array,
  build: Pick<Observed, 'writes'>,
): Result<TrainResult, RunFault> =>
  withHead(bytes, build, (head) => ({
    startDigest: head.startDigest,
    steps: records(bytes, head.records).map(stepRecord),
    state: new ByteReader(bytes, head.state.offset).take(head.state.bytes).slice(),
    delta: new ByteReader(bytes, head.delta.offset).take(head.delta.bytes).slice(),
    stackBytes: head.stackBytes,
  }));

/** Bytes that are enough for any result of a job. */
export const resultCapacity = ({ facts, trace }: Observed, inputs: number, steps: number): number => {
  const { training } = facts;
  /* And the copy of the arena to which it is compared. */
  const traceBytes = trace ? facts.calls.reduce((sum, { bytes }) => sum + bytes, facts.arenaBytes) : 0;
  const record = LOSS_BYTES + DIGEST_BYTES + facts.outputBytes;
  return (
    HEAD_BYTES +
    64 +
    Math.max(inputs, steps) * record +
    traceBytes +
    (training ? training.stateBytes + training.deltaBytes : 0)
  );
};
