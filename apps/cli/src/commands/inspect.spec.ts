import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwrap } from '#libs/base/result';
import { inferenceGraph } from '#libs/firmware/program';
import { layersOf } from '#libs/model/ir';
import { describeWithShared, SHARED } from '#test/support/shared-files';
import { fleetlearn, KWS_DIGITS, refusedWith } from '../testing/fleetlearn';

describe('inspect', () => {
  it('describes the factory model as JSON', async () => {
    const { code, out } = await fleetlearn('inspect', KWS_DIGITS, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'kws-digits',
      layers: 19,
      parameters: 38_250,
      inputs: [{ type: 'int8', shape: [1, 49, 40, 1], bytes: 1960, zeroPoint: -33 }],
      training: { head: true, layersBeforeHead: 18 },
    });
  });

  it('describes it as text', async () => {
    const { out } = await fleetlearn('inspect', KWS_DIGITS);
    expect(out).toMatch(/CONV_2D +b4\.ex +int8\[1,13,10,72\] +224,640 +1,800/);
    expect(out).toMatch(/^ *\d+ +9 +CONV_2D +b4\.ex /m);
    expect(out).toMatch(/constant +b4\.ex\.w +int8\[72,1,1,24\] +1,728 +72 scales on dimension 0/);
    expect(out).toContain('can be trained on a device: the head and all 18 layers before it');
  });

  it('numbers layers as schemes do', async () => {
    const { out } = await fleetlearn('inspect', KWS_DIGITS, '--json');
    const { operators } = JSON.parse(out) as {
      operators: { layer?: number; operator: string; name: string }[];
    };
    const layers = operators.filter(({ layer }) => layer !== undefined);
    expect(layers.map(({ layer }) => layer)).toEqual(Array.from({ length: 19 }, (_, i) => i));
    expect(layers.at(-1)).toMatchObject({ operator: 'FULLY_CONNECTED' });
    const inference = unwrap(inferenceGraph(new Uint8Array(readFileSync(KWS_DIGITS)), 'kws-digits'));
    expect(layers.map(({ name }) => name)).toEqual(layersOf(inference).map(({ name }) => name));
  });

  it.each([
    ['a file that is no model', resolve(__dirname, 'index.ts'), 'tflite.not-tflite'],
    ['a file that is not there', resolve(__dirname, 'nowhere.tflite'), 'file.unreadable'],
    ['a folder', __dirname, 'file.unreadable'],
    ['a file without end', '/dev/zero', 'file.too-large'],
  ])('refuses %s', async (_, path, errorCode) => {
    expect(refusedWith(await fleetlearn('inspect', path))).toBe(errorCode);
  });
});

describeWithShared(['models/mcunet_vww/model.tflite'], 'inspect of a model with a float boundary', () => {
  it('tells of both sides of it, and that the model can be trained', async () => {
    const { out } = await fleetlearn('inspect', resolve(SHARED, 'models/mcunet_vww/model.tflite'), '--json');
    expect(JSON.parse(out)).toMatchObject({
      macs: 11_578_816,
      inputs: [{ type: 'float32', bytes: 76_800, int8: { type: 'int8', bytes: 19_200, tensor: 54 } }],
      outputs: [{ type: 'float32', bytes: 8, int8: { tensor: 39, zeroPoint: 1 } }],
      training: { head: true },
    });
  });
});
