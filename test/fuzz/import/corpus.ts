import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwrap } from '#libs/base/result';
import { writeTflite } from '#libs/model/tflite';
import { SEED_MODELS, seedModel } from './seed-models';

/** A small file for every operator. */
export const smallFiles = (): readonly Uint8Array[] =>
  SEED_MODELS.map((name) => unwrap(writeTflite(seedModel(name))));

/** The small files, and the demonstration model. */
export function allFiles(repository: string): readonly Uint8Array[] {
  const demo = resolve(repository, 'apps/demo/model/kws-digits.tflite');
  return [...smallFiles(), new Uint8Array(readFileSync(demo))];
}
