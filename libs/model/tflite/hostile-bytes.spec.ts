/** Whatever the bytes: an answer, soon, and no exception. */
import { Rng } from '#libs/base/rng';
import { unwrap } from '#libs/base/result';
import { checkGraph } from '#libs/model/ir';
import { toyFile } from '#test/support/toy-model';
import { importTflite, patchTflite, writeTflite } from './index';

/** Mutated files in one run; the seeds are 0, 1, 2, …, so that a failure can be repeated by its number. */
const MUTATIONS = 6000;
/** What a reader is most likely to trip over: signs, ends of ranges, off by one. */
const NASTY = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe,
  0xffffffff,
];

type Mutation = (bytes: Uint8Array, rng: Rng) => Uint8Array;

const overwrite: Mutation = (bytes, rng) => {
  bytes[rng.below(bytes.length)] = rng.below(256);
  return bytes;
};
const flipBit: Mutation = (bytes, rng) => {
  const i = rng.below(bytes.length);
  bytes[i] = (bytes[i] ?? 0) ^ (1 << rng.below(8));
  return bytes;
};
const plantNumber: Mutation = (bytes, rng) => {
  const value = NASTY[rng.below(NASTY.length)] ?? rng.below(bytes.length);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(
    4 * rng.below(Math.floor(bytes.length / 4)),
    value,
    true,
  );
  return bytes;
};
/** Offsets and indices that stay in range are the ones that lead somewhere. */
const nudgeNumber: Mutation = (bytes, rng) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = 2 * rng.below(Math.floor(bytes.length / 2) - 1);
  view.setUint16(at, view.getUint16(at, true) + rng.below(33) - 16, true);
  return bytes;
};
const copyPart: Mutation = (bytes, rng) => {
  const length = 1 + rng.below(64);
  const from = rng.below(bytes.length - length);
  bytes.copyWithin(rng.below(bytes.length - length), from, from + length);
  return bytes;
};
const cut: Mutation = (bytes, rng) => bytes.slice(0, 8 + rng.below(bytes.length - 8));

const MUTATORS = [overwrite, flipBit, plantNumber, nudgeNumber, nudgeNumber, copyPart, cut];

function mutated(original: Uint8Array, seed: number): Uint8Array {
  const rng = new Rng(seed);
  let bytes: Uint8Array = original.slice();
  for (let count = 1 + rng.below(4); count > 0; count--)
    bytes = (MUTATORS[rng.below(MUTATORS.length)] ?? overwrite)(bytes, rng);
  return bytes;
}

/** What must hold of any bytes; gives whether they were accepted. */
function expectSoundAnswer(bytes: Uint8Array): boolean {
  const result = importTflite(bytes);
  if (!result.ok) {
    expect(result.error.code).toMatch(/^tflite\./);
    expect(result.error.problems.length).toBeGreaterThan(0);
    return false;
  }
  const graph = result.value;
  expect(checkGraph(graph)).toEqual([]);
  const written = writeTflite(graph);
  if (written.ok) expect(unwrap(importTflite(written.value))).toEqual(graph);
  else expect(written.error.code).toBe('tflite.not-expressible');
  return true;
}

describe('hostile bytes', () => {
  const original = toyFile();

  test('a file cut at any length is refused', () => {
    for (let length = 0; length < original.length; length++) {
      expect(expectSoundAnswer(original.slice(0, length))).toBe(false);
    }
  });

  test('any one byte changed gives a sound graph or a refusal', () => {
    for (let i = 0; i < original.length; i++) {
      const bytes = original.slice();
      bytes[i] = 0xff - (bytes[i] ?? 0);
      expectSoundAnswer(bytes);
    }
  });

  test(`each of ${MUTATIONS} mutated files gives a sound graph or a refusal`, () => {
    let accepted = 0;
    for (let seed = 0; seed < MUTATIONS; seed++)
      if (expectSoundAnswer(mutated(original, seed))) accepted += 1;
    expect(accepted).toBeGreaterThan(MUTATIONS / 50);
    expect(accepted).toBeLessThan(MUTATIONS / 2);
  });

  test('a patch of a mutated file is made or refused', () => {
    for (let seed = 0; seed < MUTATIONS / 10; seed++) {
      const bytes = mutated(original, seed);
      const patched = patchTflite(bytes, []);
      if (patched.ok) expect(patched.value).toEqual(bytes);
      else expect(patched.error.code).toMatch(/^tflite\./);
    }
  });

  test('bytes without any order are refused', () => {
    const rng = new Rng(1);
    const header = original.slice(0, 8);
    for (let round = 0; round < 200; round++) {
      const bytes = Uint8Array.from({ length: 400 }, () => rng.below(256));
      bytes.set(header);
      expect(importTflite(bytes).ok).toBe(false);
    }
  });
});
