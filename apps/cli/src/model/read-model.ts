import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { err, fault, ok, type Result } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** As the file has it. */
  readonly imported: Graph;
  /** In the normal form that is planned, trained and compiled. */
  readonly inference: Graph;
}

/** A .tflite file from disk; the graph is called as the file is. */
export function readModel(path: string): Result<ModelFile> {
  const bytes = readBytes(path);
  if (!bytes.ok) return bytes;
  const imported = importTflite(bytes.value, { name: basename(path, '.tflite') });
  if (!imported.ok) return imported;
  const inference = runPasses(imported.value, INFERENCE_PASSES);
  return ok({ bytes: bytes.value, imported: imported.value, inference });
}

function readBytes(path: string): Result<Uint8Array> {
  try {
    return ok(new Uint8Array(readFileSync(path)));
  } catch (error) {
    return err(fault('file.unreadable', error instanceof Error ? error.message : path));
  }
}
