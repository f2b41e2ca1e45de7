import { unwrap } from '#libs/base/result';
import { inferenceGraph, type InputQuantisation, inputQuantisation } from '#libs/firmware/program';
import { readFile } from 'node:fs/promises';
import { grouped } from '#libs/base/table';
import { FOLDERS } from '../folders';
import { readPacked } from '../households/synthetic-voices';
import type { World } from '../run';

export interface FleetSetUp {
  readonly fleetId: string;
  readonly modelId: string;
  readonly enrolmentToken: string;
  /** How the model wants its input. */
  readonly input: InputQuantisation;
}

const MODEL_NAME = 'kws-digits';

/** Registers the factory model with its evaluation set and makes a fleet that `devices` devices may join. */
export async function setUpFleet({ api, progress }: World, devices: number): Promise<FleetSetUp> {
  const fleetId = await api.createFleet('households');
  const file = await readFile(FOLDERS.model);
  const model = await api.registerModel(MODEL_NAME, file);
  progress.line(`model ${MODEL_NAME} registered: ${grouped(model.parameters)} parameters`);
  const items = await api.uploadEvaluationSet(model.id, readPacked(FOLDERS.voices, 'evaluation'));
  progress.line(`evaluation set uploaded: ${items} synthetic recordings that no device has`);
  await api.assignModel(fleetId, model.id);
  const enrolmentToken = await api.createToken(fleetId, devices);
  return {
    fleetId,
    modelId: model.id,
    enrolmentToken,
    input: inputQuantisation(unwrap(inferenceGraph(file, 'kws-digits'))),
  };
}
