import { ByteWriter } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';

/** A learning rate: mantissa * 2^(exponent - 15) (N0). */
export interface JobRate {
  readonly mantissa: number;
  readonly exponent: number;
}

/** The rates of the three parts from one step on (N10). */
export interface JobRates {
  readonly firstStep: number;
  readonly weights: JobRate;
  readonly bias: JobRate;
  readonly head: JobRate;
}

/** One presentation: which of the job's inputs, and its label. */
export interface JobStep {
  readonly input: number;
  readonly label: number;
}

/** Inputs to outputs. */
export interface ForwardJob {
  /** Missing where the program has its parameters linked in. */
  readonly parameters?: Uint8Array;
  /** Each: all inputs of one inference, one after the other. */
  readonly inputs: readonly (Int8Array | Uint8Array)[];
  /** A seed: the arena is filled with noise before each inference, so that nothing can lean on what lay there. */
  readonly fill?: number;
}

/** A whole training session. */
export interface TrainJob extends Omit<ForwardJob, 'fill'> {
  readonly steps: readonly JobStep[];
  readonly seed: number;
  /** In order of `firstStep`; the first begins at 0. */
  readonly rates: readonly JobRates[];
  /** SHA-256 of the state after every step. */
  readonly digests?: boolean;
}

/** What each call of the model may change, where that is watched. */
type Writes = GeneratedModel['writes'];

const MAGIC = 0x424a4c46;
const VERSION = 1;
const HEAD_BYTES = 64;
const MODE = { forward: 0, train: 1 } as const;
const DIGESTS_FLAG = 1;
const FILL_FLAG = 2;
const NO_PARAMETERS = new Uint8Array();
const ALIGNMENT = 8;

const isTrainJob = (job: ForwardJob | TrainJob): job is TrainJob => 'steps' in job;

function writeRate(writer: ByteWriter, { mantissa, exponent }: JobRate): void {
  writer.u16(mantissa);
  writer.i16(exponent);
}

interface Sections {
  readonly body: Uint8Array;
  readonly parameters: number;
  readonly inputs: number;
  readonly steps: number;
  readonly rates: number;
  readonly writes: number;
}

/** Which ranges are each call's, then all ranges. */
function writeRanges(writer: ByteWriter, writes: Writes): void {
  let first = 0;
  for (const { ranges } of writes) {
    writer.u32(first);
    first += ranges.length;
  }
  writer.u32(first);
  for (const { ranges } of writes) {
    for (const [from, to] of ranges) {
      writer.u32(from);
      writer.u32(to);
    }
  }
}

function sectionsOf(job: ForwardJob, { steps, rates }: Choices, writes: Writes): Sections {
  const writer = new ByteWriter();
  writer.bytes(new Uint8Array(HEAD_BYTES));
  const begin = (): number => {
    writer.align(ALIGNMENT);
    return writer.length;
  };
  const parameters = begin();
  writer.bytes(job.parameters ?? NO_PARAMETERS);
  const stepsAt = begin();
  for (const { input, label } of steps) {
    writer.u32(input);
    writer.u32(label);
  }
  const ratesAt = begin();
  for (const { firstStep, weights, bias, head } of rates) {
    writer.u32(firstStep);
    for (const rate of [weights, bias, head]) writeRate(writer, rate);
  }
  const writesAt = begin();
  writeRanges(writer, writes);
  const inputs = begin();
  for (const input of job.inputs) writer.bytes(new Uint8Array(input.buffer, input.byteOffset, input.length));
  writer.align(ALIGNMENT);
  return { body: writer.finish(), parameters, inputs, steps: stepsAt, rates: ratesAt, writes: writesAt };
}

/** What of a job is not bytes. */
interface Choices {
  readonly mode: number;
  readonly steps: readonly JobStep[];
  readonly rates: readonly JobRates[];
  readonly seed: number;
  readonly flags: number;
}

function choicesOf(job: ForwardJob | TrainJob): Choices {
  if (isTrainJob(job)) {
    const { steps, rates, seed, digests = false } = job;
    return { mode: MODE.train, steps, rates, seed, flags: digests ? DIGESTS_FLAG : 0 };
  }
  const flags = job.fill === undefined ? 0 : FILL_FLAG;
  return { mode: MODE.forward, steps: [], rates: [], seed: job.fill ?? 0, flags };
}

/**
 * A job as the harness reads it (FORMATS.md, fl_harness.h).
 * @param writes what each call of the model may change: watched by programs built with `trace`
 */
export function packJob(job: ForwardJob | TrainJob, writes: Writes = []): Uint8Array {
  const choices = choicesOf(job);
  const { mode, steps, rates, seed, flags } = choices;
  const sizes = new Set(job.inputs.map(({ length }) => length));
  invariant(sizes.size <= 1, 'inputs of one job have one size');
  const { body, ...offsets } = sectionsOf(job, choices, writes);
  const head = new ByteWriter();
  head.u32(MAGIC);
  head.u16(VERSION);
  head.u16(mode);
  head.u32(body.length);
  head.u32(offsets.parameters);
  head.u32(offsets.inputs);
  head.u32(job.inputs.length);
  head.u32(offsets.steps);
  head.u32(steps.length);
  head.u32(offsets.rates);
  head.u32(rates.length);
  head.u32(seed);
  head.u32(flags);
  head.u32(job.parameters?.length ?? 0);
  head.u32(offsets.writes);
  head.u32(writes.length);
  body.set(head.finish());
  return body;
}
