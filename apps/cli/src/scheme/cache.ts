import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '#libs/base/result';
import { ByteWriter, bytesOf, sha256 } from '#libs/base/bytes';
import type { Objective } from '#libs/model/ir';
import type { SessionRow, SessionRows } from '#libs/model/session';
import { writeFiles } from '../files/write-files';
import { repositoryRoot } from '../repository';
import type { SessionRun } from './measure';
import type { Score } from './worker';

/** Where scores lie from run to run: `.fleetlearn` is what Git ignores. */
const FOLDER = join(repositoryRoot, '.fleetlearn', 'contributions');

/** What scores depend on beside the runs. */
export interface ScoreKey {
  /** The .tflite file. */
  readonly model: Uint8Array;
  readonly objective: Objective;
  readonly rows: SessionRows;
  readonly passes: number;
  readonly runs: readonly SessionRun[];
}

/** Counts up when the same input gives other scores: rates, numerics, the score itself. */
const VERSION = 4;

/** SHA-256 of everything that scores follow from. */
export function scoreDigest({ model, objective, rows, passes, runs }: ScoreKey): string {
  const writer = new ByteWriter();
  const blob = (bytes: Uint8Array): void => {
    writer.u32(bytes.length);
    writer.bytes(bytes);
  };
  const written = (part: readonly SessionRow[]): void => {
    writer.u32(part.length);
    for (const { features, label } of part) {
      blob(bytesOf(features));
      writer.u32(label);
    }
  };
  writer.u32(VERSION);
  blob(model);
  written(rows.adapt);
  written(rows.test);
  writer.u32(passes);
  blob(new TextEncoder().encode(JSON.stringify({ objective, runs })));
  return Buffer.from(sha256(writer.finish())).toString('hex');
}

const pathOf = (digest: string): string => join(FOLDER, `${digest}.json`);

/** Scores of an earlier run; undefined where there are none, or no such number of them. */
export function knownScores(digest: string, runs: number): readonly Score[] | undefined {
  const path = pathOf(digest);
  if (!existsSync(path)) return undefined;
  const scores = parsed(readFileSync(path, 'utf8'));
  return Array.isArray(scores) && scores.length === runs && scores.every(isScore) ? scores : undefined;
}

/** A file that was cut short is as good as none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isProbability = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 1;

const isScore = (value: unknown): value is Score => Array.isArray(value) && value.every(isProbability);

/** Refused: `file.unwritable`. */
export const keepScores = (digest: string, scores: readonly Score[]): Promise<Result<void>> =>
  writeFiles(new Map([[pathOf(digest), `${JSON.stringify(scores)}\n`]]), [
    join(repositoryRoot, '.fleetlearn'),
    FOLDER,
  ]);
