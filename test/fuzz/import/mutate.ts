/** Changes that a reader of flatbuffers may trip over. */
import { at } from '#libs/base/result';
import type { Rng } from '#libs/base/rng';

/** Signs, ends of ranges, off by one. */
const NASTY = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe,
  0xffffffff,
];

/** `bytes` may be changed in place; `other` is a second file to take parts from. */
type Mutation = (bytes: Uint8Array, rng: Rng, other: Uint8Array) => Uint8Array;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const any = <T>(list: readonly T[], rng: Rng): T => at(list, rng.below(list.length));

const overwrite: Mutation = (bytes, rng) => {
  bytes[rng.below(bytes.length)] = rng.below(4) ? rng.below(256) : any(NASTY, rng) & 0xff;
  return bytes;
};

const flipBit: Mutation = (bytes, rng) => {
  const i = rng.below(bytes.length);
  bytes[i] = at(bytes, i) ^ (1 << rng.below(8));
  return bytes;
};

const plantNumber: Mutation = (bytes, rng) => {
  const value = rng.below(8) ? any(NASTY, rng) : rng.below(bytes.length);
  viewOf(bytes).setUint32(4 * rng.below(Math.floor(bytes.length / 4)), value, true);
  return bytes;
};

/** Offsets, lengths and indices that stay in range are the ones that lead somewhere. */
const nudgeNumber: Mutation = (bytes, rng) => {
  const view = viewOf(bytes);
  const place = 2 * rng.below(Math.floor(bytes.length / 2));
  view.setUint16(place, view.getUint16(place, true) + rng.below(33) - 16, true);
  return bytes;
};

const PLACES_TRIED = 16;

/** Changes a word that could be an offset or a length, because it is small. */
const bendOffset: Mutation = (bytes, rng) => {
  const view = viewOf(bytes);
  for (let tried = 0; tried < PLACES_TRIED; tried++) {
    const place = 4 * rng.below(Math.floor(bytes.length / 4));
    const value = view.getUint32(place, true);
    if (value === 0 || value >= bytes.length) continue;
    view.setUint32(place, rng.below(2) ? rng.below(bytes.length) : value * (1 + rng.below(64)), true);
    break;
  }
  return bytes;
};

const LONGEST_PART = 64;

const copyPart: Mutation = (bytes, rng) => {
  const length = 1 + rng.below(Math.min(LONGEST_PART, bytes.length - 1));
  const from = rng.below(bytes.length - length);
  bytes.copyWithin(rng.below(bytes.length - length), from, from + length);
  return bytes;
};

/** A part of another file over a part of this one. */
const splice: Mutation = (bytes, rng, other) => {
  const length = 1 + rng.below(Math.min(4 * LONGEST_PART, bytes.length, other.length) - 1);
  const from = rng.below(other.length - length);
  bytes.set(other.subarray(from, from + length), rng.below(bytes.length - length));
  return bytes;
};

const SHORTEST = 8;
const cut: Mutation = (bytes, rng) =>
  bytes.length <= SHORTEST + 1 ? bytes : bytes.slice(0, SHORTEST + rng.below(bytes.length - SHORTEST));

const MUTATIONS: readonly Mutation[] = [
  overwrite,
  flipBit,
  plantNumber,
  nudgeNumber,
  nudgeNumber,
  bendOffset,
  copyPart,
  splice,
  cut,
];
const MOST_CHANGES = 4;

/** One of the files with one to four changes, more often few; the same draws give the same bytes. */
export function mutated(files: readonly Uint8Array[], rng: Rng): Uint8Array {
  let bytes: Uint8Array = any(files, rng).slice();
  const other = any(files, rng);
  for (let count = 1 + rng.below(1 + rng.below(MOST_CHANGES)); count > 0; count--) {
    bytes = any(MUTATIONS, rng)(bytes, rng, other);
  }
  return bytes;
}
