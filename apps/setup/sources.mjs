import fs from 'node:fs';
import path from 'node:path';

import { at } from './paths.mjs';
import { hash } from './stamp.mjs';

/** Every file in a folder and the folders in it, as paths inside the repository; folders in `except` are left out. */
export function filesIn(folder, except = []) {
  if (except.includes(folder) || !fs.existsSync(at(folder))) return [];
  return fs.readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(name, except) : [name];
  });
}

/** Name, size and time of change of every file: a few milliseconds, where asking a compiler takes seconds. */
export const stateOf = (files) =>
  hash(
    ...files.map((file) => {
      const { size, mtimeMs } = fs.statSync(at(file));
      return [file, size, mtimeMs].join();
    }),
  );
