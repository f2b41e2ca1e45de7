import { bytesOf, ByteReader, ByteWriter } from '#libs/base/bytes';
import { err, fault, ok, type Result } from '#libs/base/result';

/** Items in capture order; the first `adaptCount` are to learn from, the others to test on. */
export interface Dataset {
  readonly classes: number;
  /** int8 elements of one item. */
  readonly itemBytes: number;
  readonly adaptCount: number;
  /** real = scale * (element - zeroPoint); scale is a float32. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly labels: Uint8Array;
  /** [items * itemBytes] */
  readonly elements: Int8Array;
}

export type DatasetFault = { readonly code: 'dataset.malformed'; readonly message: string };

const MAGIC = 0x53444c46; // 'FLDS'
const VERSION = 1;
const HEADER_BYTES = 28;
const MAX_ITEMS = 1 << 20;

/** The elements of item `index`, without a copy. */
export const item = (dataset: Dataset, index: number): Int8Array =>
  dataset.elements.subarray(index * dataset.itemBytes, (index + 1) * dataset.itemBytes);

export function encodeDataset(dataset: Dataset): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u16(VERSION);
  writer.u16(dataset.classes);
  writer.u32(dataset.labels.length);
  writer.u32(dataset.itemBytes);
  writer.u32(dataset.adaptCount);
  writer.f32(dataset.scale);
  writer.i32(dataset.zeroPoint);
  writer.bytes(dataset.labels);
  writer.bytes(bytesOf(dataset.elements));
  return writer.finish();
}

/** Untrusted bytes -> dataset. Refuses what DATASET.md does not allow; allocates no more than the file is long. */
export function decodeDataset(bytes: Uint8Array): Result<Dataset, DatasetFault> {
  const refuse = (message: string): Result<Dataset, DatasetFault> => err(fault('dataset.malformed', message));
  if (bytes.length < HEADER_BYTES)
    return refuse(`${bytes.length} bytes, the header alone has ${HEADER_BYTES}`);
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) return refuse('does not begin with FLDS');
  const version = reader.u16();
  if (version !== VERSION) return refuse(`version ${version}, only ${VERSION} is known`);
  const classes = reader.u16();
  const items = reader.u32();
  const itemBytes = reader.u32();
  const adaptCount = reader.u32();
  const scale = reader.f32();
  const zeroPoint = reader.i32();
  if (items < 1 || items > MAX_ITEMS || itemBytes < 1 || itemBytes > MAX_ITEMS)
    return refuse(`${items} items of ${itemBytes} bytes`);
  if (adaptCount > items) return refuse(`${adaptCount} of ${items} items to learn from`);
  if (!(scale > 0 && Number.isFinite(scale)) || zeroPoint < -128 || zeroPoint > 127)
    return refuse(`scale ${scale}, zero point ${zeroPoint}`);
  if (reader.remaining !== items * (1 + itemBytes)) {
    return refuse(
      `${reader.remaining} bytes after the header, ${items} items of ${itemBytes} need ${items * (1 + itemBytes)}`,
    );
  }
  const labels = reader.take(items).slice();
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) return refuse(`item ${wrong} has label ${labels[wrong]}, there are ${classes} classes`);
  const elements = new Int8Array(reader.take(items * itemBytes).slice().buffer);
  return ok({ classes, itemBytes, adaptCount, scale, zeroPoint, labels, elements });
}
