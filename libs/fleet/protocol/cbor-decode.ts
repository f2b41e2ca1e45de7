import { err, ok, type Result } from '#libs/base/result';
import { CborMajor, type CborMap, type CborValue } from './cbor-value';
import { Malformed, refuse, type ProtocolFault } from './faults';
import { MAX_CBOR_DEPTH, MAX_PAYLOAD_BYTES } from './limits';

/** The map that `bytes` is the one encoding of. Strings are copies: the payload may be reused. */
export function decodeCbor(bytes: Uint8Array): Result<CborMap, ProtocolFault> {
  try {
    if (bytes.length > MAX_PAYLOAD_BYTES)
      refuse('protocol.oversize', `${bytes.length} bytes, at most ${MAX_PAYLOAD_BYTES}`);
    const reader = new CborReader(bytes);
    const message = reader.message();
    reader.end();
    return ok(message);
  } catch (thrown) {
    if (thrown instanceof Malformed) return err(thrown.reason);
    throw thrown;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class CborReader {
  private offset = 0;
  constructor(private readonly bytes: Uint8Array) {}

  message(): CborMap {
    const { major, argument } = this.head();
    if (major !== CborMajor.map) refuse('protocol.not-a-map', `a payload is a map, not major type ${major}`);
    return this.map(argument, 1);
  }

  end(): void {
    const left = this.bytes.length - this.offset;
    if (left > 0) refuse('protocol.trailing-bytes', `${left} bytes after the map`);
  }

  private value(depth: number): CborValue {
    const { major, argument } = this.head();
    switch (major) {
      case CborMajor.uint:
        return argument;
      case CborMajor.negative:
        if (argument > 0x7fffffff) refuse('protocol.integer-range', `${-1 - argument} is below -2^31`);
        return -1 - argument;
      case CborMajor.bytes:
        return this.take(argument).slice();
      case CborMajor.text:
        return this.text(argument);
      case CborMajor.array:
        return this.array(argument, depth + 1);
      case CborMajor.map:
        return this.map(argument, depth + 1);
      default:
        return refuse('protocol.forbidden-type', `major type ${major}: no tags, floats or simple values`);
    }
  }

  private array(count: number, depth: number): CborValue[] {
    this.enter(count, depth);
    return Array.from({ length: count }, () => this.value(depth));
  }

  private map(count: number, depth: number): CborMap {
    this.enter(2 * count, depth);
    const map = new Map<number, CborValue>();
    let previous = -1;
    for (let i = 0; i < count; i++) {
      const { major, argument: key } = this.head();
      if (major !== CborMajor.uint)
        refuse('protocol.key-type', `keys are unsigned integers, not major type ${major}`);
      if (key <= previous) refuse('protocol.key-order', `key ${key} after ${previous}`);
      previous = key;
      map.set(key, this.value(depth));
    }
    return map;
  }

  /** Checks a count against the depth and against what is left: every item takes at least one byte. */
  private enter(items: number, depth: number): void {
    if (depth > MAX_CBOR_DEPTH) refuse('protocol.too-deep', `nested deeper than ${MAX_CBOR_DEPTH}`);
    this.need(items);
  }

  private text(length: number): string {
    try {
      return utf8.decode(this.take(length));
    } catch (thrown) {
      if (thrown instanceof Malformed) throw thrown;
      return refuse('protocol.bad-text', 'text is not UTF-8');
    }
  }

  private need(count: number): void {
    const left = this.bytes.length - this.offset;
    if (count > left)
      refuse('protocol.truncated', `${count} bytes or more announced at ${this.offset}, ${left} left`);
  }

  private take(count: number): Uint8Array {
    this.need(count);
    const start = this.offset;
    this.offset += count;
    return this.bytes.subarray(start, this.offset);
  }

  private head(): { readonly major: number; readonly argument: number } {
    const first = this.take(1)[0] ?? 0;
    const major = first >> 5;
    const info = first & 31;
    if (major > CborMajor.map)
      refuse('protocol.forbidden-type', `major type ${major}: no tags, floats or simple values`);
    if (info < 24) return { major, argument: info };
    if (info === 31) refuse('protocol.indefinite-length', 'lengths are definite');
    if (info > 26) refuse('protocol.integer-range', 'arguments have at most 32 bits');
    return { major, argument: this.argument(1 << (info - 24)) };
  }

  private argument(width: number): number {
    let argument = 0;
    for (const byte of this.take(width)) argument = argument * 256 + byte;
    const least = width === 1 ? 24 : width === 2 ? 0x100 : 0x10000;
    if (argument < least) refuse('protocol.not-shortest', `${argument} in ${width} bytes`);
    return argument;
  }
}
