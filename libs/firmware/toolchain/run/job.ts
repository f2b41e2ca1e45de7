import { ByteWriter } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';

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
  readonly parameters: Uint8Array;
  readonly inputs: readonly Int8Array[];
}

/** A whole training session. */
export interface TrainJob extends ForwardJob {
  readonly steps: readonly JobStep[];
  readonly seed: number;
  /** In order of `firstStep`; the first begins at 0. */
  readonly rates: readonly JobRates[];
  /** SHA-256 of the state after every step. */
  readonly digests?: boolean;
}

const MAGIC = 0x424a4c46;
const VERSION = 1;
const HEAD_BYTES = 64;
const MODE = { forward: 0, train: 1 } as const;
const DIGESTS_FLAG = 1;
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
}

function sectionsOf(job: ForwardJob, steps: readonly JobStep[], rates: readonly JobRates[]): Sections {
  const writer = new ByteWriter();
  writer.bytes(new Uint8Array(HEAD_BYTES));
  const begin = (): number => {
    writer.align(ALIGNMENT);
    return writer.length;
  };
  const parameters = begin();
  writer.bytes(job.parameters);
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
  const inputs = begin();
  for (const input of job.inputs) writer.bytes(new Uint8Array(input.buffer, input.byteOffset, input.length));
  writer.align(ALIGNMENT);
  return { body: writer.finish(), parameters, inputs, steps: stepsAt, rates: ratesAt };
}

/** A job as the harness reads it (FORMATS.md, fl_harness.h). */
export function packJob(job: ForwardJob | TrainJob): Uint8Array {
  const { steps = [], rates = [], seed = 0, digests = false }: Partial<TrainJob> = isTrainJob(job) ? job : {};
  const sizes = new Set(job.inputs.map(({ length }) => length));
  invariant(sizes.size <= 1, 'inputs of one job have one size');
  const { body, ...offsets } = sectionsOf(job, steps, rates);
  const head = new ByteWriter();
  head.u32(MAGIC);
  head.u16(VERSION);
  head.u16(isTrainJob(job) ? MODE.train : MODE.forward);
  head.u32(body.length);
  head.u32(offsets.parameters);
  head.u32(offsets.inputs);
  head.u32(job.inputs.length);
  head.u32(offsets.steps);
  head.u32(steps.length);
  head.u32(offsets.rates);
  head.u32(rates.length);
  head.u32(seed);
  head.u32(digests ? DIGESTS_FLAG : 0);
  head.u32(job.parameters.length);
  body.set(head.finish());
  return body;
}
