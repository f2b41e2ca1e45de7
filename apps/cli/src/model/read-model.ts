import { basename } from 'node:path';
import { ok, type Result } from '#libs/base/result';
import { importedModel, type ImportedModel, toldModel } from '#libs/firmware/program';
import type { Objective } from '#libs/model/ir';
import { DEFAULT_LIMITS } from '#libs/model/tflite';
import { readBytes } from '../files/read-bytes';

/** A model file from disk: as it is, and in the normal form that is planned, trained and compiled. */
export interface ModelFile extends ImportedModel {
  readonly bytes: Uint8Array;
}

/**
 * A .tflite file from disk; the graph is called as the file is.
 * @param objective what it is to learn, where someone says so
 */
export function readModel(path: string, objective?: Objective): Result<ModelFile> {
  const bytes = readBytes(path, DEFAULT_LIMITS.fileBytes);
  if (!bytes.ok) return bytes;
  const model = importedModel(bytes.value, basename(path, '.tflite'));
  if (!model.ok) return model;
  const told = toldModel(model.value, objective);
  return told.ok ? ok({ bytes: bytes.value, ...told.value }) : told;
}
