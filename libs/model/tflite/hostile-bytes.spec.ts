/** Whatever the bytes: an answer, soon, and no exception. `npm run fuzz -- import` does the same a million times. */
import { unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { smallFiles } from '#test/fuzz/import/corpus';
import { mutated } from '#test/fuzz/import/mutate';
import { tryImport } from '#test/fuzz/import/try-import';
import { toyFile } from '#test/support/toy-model';
import { importTflite, patchTflite } from './index';

/** Mutated files in one run; the seeds are 0, 1, 2, …, so that a failure can be repeated by its number. */
const MUTATIONS = 2000;

const isAccepted = (bytes: Uint8Array): boolean => tryImport(bytes).length === 0;

describe('hostile bytes', () => {
  const original = toyFile();

  test('a file cut at any length is refused', () => {
    for (let length = 0; length < original.length; length++)
      expect(isAccepted(original.slice(0, length))).toBe(false);
  });

  test('any one byte changed gives a sound graph or a refusal', () => {
    const changed = Array.from(original, (byte, i) => original.with(i, 0xff - byte));
    expect(changed.filter(isAccepted).length).toBeGreaterThan(0);
  });

  test(`each of ${MUTATIONS} mutated files gives a sound graph or a refusal`, () => {
    const files = smallFiles();
    const codes = new Set<string>();
    let accepted = 0;
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const found = tryImport(mutated(files, new Rng(seed)));
      if (found.length === 0) accepted += 1;
      for (const code of found) codes.add(code);
    }
    expect(accepted).toBeGreaterThan(MUTATIONS / 50);
    expect(accepted).toBeLessThan(MUTATIONS / 2);
    expect(codes.size).toBeGreaterThan(8);
  });

  test('a patch of a mutated file is made or refused', () => {
    for (let seed = 0; seed < MUTATIONS / 4; seed++) {
      const bytes = mutated([original], new Rng(seed));
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

  test('the bytes that were given are not touched', () => {
    const bytes = original.slice();
    unwrap(importTflite(bytes));
    expect(bytes).toEqual(original);
  });
});
