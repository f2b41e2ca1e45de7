import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Of the sources; from `dist` it is one folder further up. */
const PLACES = [resolve(__dirname, '../../../shared'), resolve(__dirname, '../../../../shared')] as const;

/** Reference data lies beside the repository and is never part of it: see its README. */
export const SHARED = PLACES.find((folder) => existsSync(folder)) ?? PLACES[0];

/** The bytes of a file under ../shared. */
export const sharedBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(join(SHARED, path)));

export const sharedText = (path: string): string => readFileSync(join(SHARED, path), 'utf8');

/** Parsed JSON of a file under ../shared; the caller says what it holds. */
export const sharedJson = <T>(path: string): T => JSON.parse(sharedText(path)) as T;

/** `describe` where every path exists under ../shared; otherwise one skipped test whose name says what is missing. */
export function describeWithShared(paths: readonly string[], name: string, body: () => void): void {
  const missing = paths.filter((path) => !existsSync(join(SHARED, path)));
  if (missing.length === 0) describe(name, body);
  else it.skip(`${name} (no ../shared/${missing.join(', ../shared/')})`, () => undefined);
}
