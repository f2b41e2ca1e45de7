import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { writeTflite } from '#libs/model/tflite';
import { type FactoryDescription, FactoryNetwork } from './factory-network';
import { kwsDigitsGraph } from './kws-digits-graph';

const DESCRIPTION = 'Fleetlearn kws-digits: trained on synthetic speech';

/** The factory network in `factoryDir` (factory-espeak.json, .int8.bin and .golden-logits.f32) as a .tflite file. */
export function makeKwsDigits(factoryDir: string): Uint8Array {
  const read = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(join(factoryDir, `factory-espeak.${name}`)));
  const description = JSON.parse(new TextDecoder().decode(read('json'))) as FactoryDescription;
  const logits = new Float32Array(read('golden-logits.f32').buffer);
  const network = new FactoryNetwork(description, read('int8.bin'), logits);
  return unwrap(writeTflite(kwsDigitsGraph(network), { description: DESCRIPTION }));
}
