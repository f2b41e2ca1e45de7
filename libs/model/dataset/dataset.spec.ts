import fc from 'fast-check';
import { decodeDataset, encodeDataset, type Dataset, item, requantize } from '.';

const dataset: Dataset = {
  classes: 3,
  itemBytes: 2,
  adaptCount: 1,
  scale: 0.5,
  zeroPoint: -3,
  labels: Uint8Array.of(0, 2),
  elements: Int8Array.of(1, -2, 3, -4),
};

describe('a dataset file', () => {
  const bytes = encodeDataset(dataset);

  it('gives back what was written', () => {
    expect(decodeDataset(bytes)).toEqual({ ok: true, value: dataset });
    expect([...item(dataset, 1)]).toEqual([3, -4]);
  });

  it('is refused when it is cut anywhere or has a byte too many', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeDataset(bytes.subarray(0, length))).toMatchObject({
        ok: false,
        error: { code: 'dataset.malformed' },
      });
    }
    expect(decodeDataset(Uint8Array.of(...bytes, 0)).ok).toBe(false);
  });

  it('is refused or read, never a crash, when bytes are changed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, flip) => {
        const changed = bytes.slice();
        changed[position] = (changed[position] as number) ^ flip;
        const result = decodeDataset(changed);
        return result.ok ? result.value.labels.every((label) => label < result.value.classes) : true;
      }),
    );
  });

  it('is refused when a label is no class', () => {
    expect(decodeDataset(encodeDataset({ ...dataset, classes: 2 }))).toMatchObject({ ok: false });
  });
});

describe('requantisation', () => {
  it('is the identity between equal quantisations', () => {
    const all = Int8Array.from({ length: 256 }, (_, i) => i - 128);
    expect(requantize(all, { scale: 0.1, zeroPoint: 4 }, { scale: 0.1, zeroPoint: 4 })).toEqual(all);
  });

  it('rounds half up and clips', () => {
    expect([
      ...requantize(Int8Array.of(1, -1, 127, -128), { scale: 1, zeroPoint: 0 }, { scale: 2, zeroPoint: 100 }),
    ]).toEqual([101, 100, 127, 36]);
  });
});
