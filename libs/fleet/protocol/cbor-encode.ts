import { invariant } from '#libs/base/result';
import { CborMajor, INT32_MIN, UINT32_MAX, type CborMap, type CborValue } from './cbor-value';
import { MAX_CBOR_DEPTH, MAX_PAYLOAD_BYTES } from './limits';

const utf8 = new TextEncoder();

/** The one encoding of `message`. What does not fit the subset or the payload is the caller's mistake: it asserts. */
export function encodeCbor(message: CborMap): Uint8Array {
  const out: number[] = [];
  writeMap(out, message, 1);
  invariant(
    out.length <= MAX_PAYLOAD_BYTES,
    `a payload of ${out.length} bytes, at most ${MAX_PAYLOAD_BYTES}`,
  );
  return Uint8Array.from(out);
}

function writeValue(out: number[], value: CborValue, depth: number): void {
  if (typeof value === 'number') return writeInteger(out, value);
  if (typeof value === 'string') return writeString(out, CborMajor.text, utf8.encode(value));
  if (value instanceof Uint8Array) return writeString(out, CborMajor.bytes, value);
  if (value instanceof Map) return writeMap(out, value as CborMap, depth);
  writeArray(out, value as readonly CborValue[], depth);
}

function writeInteger(out: number[], value: number): void {
  const inRange = Number.isInteger(value) && value >= INT32_MIN && value <= UINT32_MAX;
  invariant(inRange, `${value} is not an integer from -2^31 to 2^32-1`);
  if (value >= 0) writeHead(out, CborMajor.uint, value);
  else writeHead(out, CborMajor.negative, -1 - value);
}

function writeString(out: number[], major: number, bytes: Uint8Array): void {
  writeHead(out, major, bytes.length);
  for (const byte of bytes) out.push(byte);
}

function writeArray(out: number[], items: readonly CborValue[], depth: number): void {
  invariant(depth <= MAX_CBOR_DEPTH, `nested deeper than ${MAX_CBOR_DEPTH}`);
  writeHead(out, CborMajor.array, items.length);
  for (const item of items) writeValue(out, item, depth + 1);
}

function writeMap(out: number[], map: CborMap, depth: number): void {
  invariant(depth <= MAX_CBOR_DEPTH, `nested deeper than ${MAX_CBOR_DEPTH}`);
  writeHead(out, CborMajor.map, map.size);
  for (const [key, value] of [...map].sort(([a], [b]) => a - b)) {
    invariant(key >= 0, `key ${key} is negative`);
    writeInteger(out, key);
    writeValue(out, value, depth + 1);
  }
}

/** RFC 8949, 3: major type and argument in the shortest form. */
function writeHead(out: number[], major: number, argument: number): void {
  const first = major << 5;
  if (argument < 24) out.push(first | argument);
  else if (argument < 0x100) out.push(first | 24, argument);
  else if (argument < 0x10000) out.push(first | 25, argument >>> 8, argument & 0xff);
  else
    out.push(first | 26, argument >>> 24, (argument >>> 16) & 0xff, (argument >>> 8) & 0xff, argument & 0xff);
}
