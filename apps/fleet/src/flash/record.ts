import { ByteReader, ByteWriter } from '#libs/base/bytes';
import { crc32 } from './crc32';
import { SECTOR_BYTES } from './flash-map';

const HEADER_BYTES = 16;

/** A record's two sectors as a factory writes them: the first copy in force, the second blank. */
export function encodeRecord(magic: number, payload: Uint8Array): Uint8Array {
  const head = new ByteWriter();
  head.u32(magic);
  head.u32(1);
  head.u32(payload.length);
  const writer = new ByteWriter();
  writer.bytes(head.finish());
  writer.u32(crc32(Uint8Array.of(...head.finish(), ...payload)));
  writer.bytes(payload);
  const sectors = new Uint8Array(2 * SECTOR_BYTES).fill(0xff);
  sectors.set(writer.finish());
  return sectors;
}

interface Copy {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

function readCopy(sector: Uint8Array, magic: number): Copy | undefined {
  const reader = new ByteReader(sector);
  const found = reader.u32();
  const sequence = reader.u32();
  const bytes = reader.u32();
  const crc = reader.u32();
  if (found !== magic || bytes > sector.length - HEADER_BYTES) return undefined;
  const payload = reader.take(bytes);
  return crc === crc32(Uint8Array.of(...sector.subarray(0, 12), ...payload))
    ? { sequence, payload }
    : undefined;
}

/** The payload in force of the record at `offset`, if there is one. */
export function readRecord(flash: Uint8Array, offset: number, magic: number): Uint8Array | undefined {
  const [first, second] = [0, 1]
    .map((copy) => flash.subarray(offset + copy * SECTOR_BYTES, offset + (copy + 1) * SECTOR_BYTES))
    .map((sector) => readCopy(sector, magic));
  if (!first || !second) return (first ?? second)?.payload;
  return ((second.sequence - first.sequence) | 0) > 0 ? second.payload : first.payload;
}
