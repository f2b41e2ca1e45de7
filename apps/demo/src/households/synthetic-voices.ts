import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { Voices } from './household';

const NAMES = ['scots', 'german', 'french', 'italian', 'polish', 'croak', 'whisper', 'spanish'];

/** An FLDS file of apps/demo/data. */
export const readPacked = (folder: string, name: string): Uint8Array =>
  new Uint8Array(brotliDecompressSync(readFileSync(join(folder, `${name}.flds.br`))));

/** The eight committed voices of a speech synthesiser. */
export const syntheticVoices = (folder: string): Voices => ({
  kind: 'synthetic speech',
  voices: NAMES.map((name) => ({ name, recordings: readPacked(folder, `voice-${name}`) })),
});
