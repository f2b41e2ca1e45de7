import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import {
  aggregate,
  deltaLayoutOf,
  MEAN,
  publish,
  readMaster,
  startMaster,
  writeMaster,
} from '#libs/fleet/aggregate';
import { acceptDelta, encodeDelta, rawDeltaBytes, readRawDelta } from '#libs/fleet/delta';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { importTflite, patchTflite } from '#libs/model/tflite';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { canonicalValues, scalesOf } from './aggregate-world';

const TRAINING = 'models/kws-digits/training';
const FILE = resolve(__dirname, '../../apps/demo/model/kws-digits.tflite');

const SETS = [
  ['A', 'sparse', 0.4],
  ['B', 'full', 0.4],
  ['C', 'fc', 0.7],
  ['D', 'sparse', 0.4],
] as const;

describeWithShared([`${TRAINING}/D/delta.bin`], 'the golden sessions of NUMERICS', () => {
  const graph = kwsDigitsGraph();
  const master = unwrap(startMaster(graph));
  const layoutFor = (scheme: (typeof SETS)[number][1]) =>
    deltaLayoutOf(7, unwrap(trainingGraph(graph, KWS_SCHEMES[scheme])));

  it.each(SETS)(
    '%s (%s): the delta is of its scheme, and travels in less than %d of its size',
    (set, scheme, most) => {
      const layout = layoutFor(scheme);
      const raw = sharedBytes(`${TRAINING}/${set}/delta.bin`);
      expect(raw.length).toBe(rawDeltaBytes(layout));
      const encoded = unwrap(encodeDelta(layout, raw));
      expect(encoded.length / raw.length).toBeLessThan(most);
      const baseDigest = sha256(new Uint8Array());
      const header = { baseDigest, scheme: 7, deltaBytes: encoded.length, deltaDigest: sha256(raw) };
      expect(unwrap(acceptDelta(header, { baseDigest, layout }, encoded))).toEqual(raw);
    },
  );

  it.each(SETS)('%s (%s): the version made of it alone is what the device had', (set, scheme) => {
    const layout = layoutFor(scheme);
    const raw = sharedBytes(`${TRAINING}/${set}/delta.bin`);
    const contribution = { deviceId: 'jackson', sampleCount: 100, layout, raw };
    const { master: after } = unwrap(aggregate(master, [contribution], MEAN));
    const publication = publish({ graph, before: master, after });
    const file = unwrap(patchTflite(new Uint8Array(readFileSync(FILE)), publication.patches));
    const next = runPasses(unwrap(importTflite(file, { name: 'kws-digits' })), INFERENCE_PASSES);
    expect(unwrap(readMaster(next, writeMaster(publication.master)))).toEqual(publication.master);
    for (const { variable, values } of unwrap(readRawDelta(layout, raw))) {
      const name = variable.tensorName;
      const [before, has] = [canonicalValues(graph, name), canonicalValues(next, name)];
      const [old, fresh] = [scalesOf(graph, name), scalesOf(next, name)];
      const isHead = old.some((scale, i) => scale !== fresh[i]);
      if (!isHead) {
        expect(has).toEqual(before.map((value, i) => value + at(values, i)));
        continue;
      }
      const unit = variable.kind === 'head' ? 16 : 1;
      const size = has.length / old.length;
      has.forEach((value, i) => {
        const group = Math.floor(i / size);
        const had = (at(before, i) + at(values, i) / unit) * at(old, group);
        expect(Math.abs(had - value * at(fresh, group))).toBeLessThanOrEqual(0.501 * at(fresh, group));
      });
    }
  });
});
