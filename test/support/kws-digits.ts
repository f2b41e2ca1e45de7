import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';

const NAME = 'apps/demo/model/kws-digits.tflite';
/** Of the sources; from `dist` it is one folder further up. */
const FILE = [resolve(__dirname, '../..', NAME), resolve(__dirname, '../../..', NAME)].find((path) =>
  existsSync(path),
);

/** The demonstration model, imported and normalised: 18 convolutions, 2 ADDs, 10 classes. */
export function kwsDigitsGraph(): Graph {
  const bytes = new Uint8Array(readFileSync(FILE ?? NAME));
  return runPasses(unwrap(importTflite(bytes, { name: 'kws-digits' })), INFERENCE_PASSES);
}

const whole = (layers: readonly number[]) => layers.map((layer) => ({ layer, ratio: 1 }));

/** The three schemes of NUMERICS' golden vectors, by the names used there. */
export const KWS_SCHEMES = {
  sparse: { name: 'sparse', biasLayers: 9, weightLayers: whole([9, 12, 15]) },
  full: {
    name: 'full',
    biasLayers: 18,
    weightLayers: whole(Array.from({ length: 18 }, (_, layer) => layer)),
  },
  fc: { name: 'last', biasLayers: 0, weightLayers: [] },
} as const;
