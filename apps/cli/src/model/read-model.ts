import { basename } from 'node:path';
import { ok, type Result } from '#libs/base/result';
import { importedModel, type ImportedModel } from '#libs/firmware/program';
import { DEFAULT_LIMITS } from '#libs/model/tflite';
import { readBytes } from '../files/read-bytes';

/** A model file from disk: as it is, and in the normal form that is planned, trained and compiled. */
export interface ModelFile extends ImportedModel {
  readonly bytes: Uint8Array;
}

/** A .tflite file from disk; the graph is called as the file is. */
export function readModel(path: string): Result<ModelFile> {
  const bytes = readBytes(path, DEFAULT_LIMITS.fileBytes);
  if (!bytes.ok) return bytes;
  const model = importedModel(bytes.value, basename(path, '.tflite'));
  return model.ok ? ok({ bytes: bytes.value, ...model.value }) : model;
}
