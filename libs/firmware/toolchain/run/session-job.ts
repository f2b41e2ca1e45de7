import { ByteWriter } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';
import type { ItemOrder, SessionPlan, SessionRates, SessionRow, SessionRows } from '#libs/model/session';

/** A training session for a built program. */
export interface SessionJob {
  readonly plan: SessionPlan;
  readonly rows: SessionRows;
}

const MAGIC = 0x4a544c46;
const VERSION = 1;
const HEAD_BYTES = 64;
const SEGMENT_BYTES = 16;
const LABEL_BYTES = 4;
export const ROW_ALIGNMENT = 4;

/** N9, by the numbers of fl_codes.h. */
const ORDERS: Readonly<Record<ItemOrder, number>> = { shuffled: 0, balanced: 1 };

/** Of a label and what follows it: a sample, or features. */
export const sessionRowBytes = (bytes: number): number =>
  LABEL_BYTES + Math.ceil(bytes / ROW_ALIGNMENT) * ROW_ALIGNMENT;

/** Bytes of the packed job. */
export const sessionJobBytes = ({ plan, rows }: SessionJob, sampleBytes: number): number =>
  HEAD_BYTES +
  plan.schedule.length * SEGMENT_BYTES +
  (rows.adapt.length + rows.test.length) * sessionRowBytes(sampleBytes);

function writeSegment(writer: ByteWriter, { firstStep, weights, bias, head }: SessionRates): void {
  writer.u32(firstStep);
  for (const { mantissa, exponent } of [weights, bias, head]) {
    writer.u16(mantissa);
    writer.i16(exponent);
  }
}

function writeRow(writer: ByteWriter, { features, label }: SessionRow, sampleBytes: number): void {
  invariant(features.length === sampleBytes, `a row has ${sampleBytes} bytes`);
  writer.u32(label);
  writer.bytes(new Uint8Array(features.buffer, features.byteOffset, features.length));
  writer.align(ROW_ALIGNMENT);
}

/** A job as fl_train_begin reads it (FORMATS.md, section 7). */
export function packSessionJob(job: SessionJob, sampleBytes: number): Uint8Array {
  const { plan, rows } = job;
  const segmentsAt = HEAD_BYTES;
  const rowsAt = segmentsAt + plan.schedule.length * SEGMENT_BYTES;
  const writer = new ByteWriter();
  for (const word of [MAGIC, VERSION, sessionJobBytes(job, sampleBytes), plan.seed, plan.passes])
    writer.u32(word);
  for (const word of [segmentsAt, plan.schedule.length, rowsAt, rows.adapt.length, rows.test.length])
    writer.u32(word);
  const { order = 'shuffled', stop = { belowLoss: 0, patience: 0, leastFall: 0 } } = plan;
  for (const word of [ORDERS[order], stop.belowLoss, stop.patience, stop.leastFall]) writer.u32(word);
  writer.bytes(new Uint8Array(HEAD_BYTES - writer.length));
  for (const segment of plan.schedule) writeSegment(writer, segment);
  for (const row of [...rows.adapt, ...rows.test]) writeRow(writer, row, sampleBytes);
  return writer.finish();
}
