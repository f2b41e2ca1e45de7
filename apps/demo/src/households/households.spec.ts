import { resolve } from 'node:path';
import { decodeDataset } from '#libs/model/dataset';
import { assignBoards } from './assign-boards';
import { syntheticVoices } from './synthetic-voices';

describe('the demo’s fleet', () => {
  const { voices } = syntheticVoices(resolve(__dirname, '../../data'));
  const fleet = assignBoards(voices);

  it('has seven virtual devices of different sizes, an ARM board, and one device that is too small', () => {
    expect(fleet.map(({ runs, sramKilobytes, fits }) => [runs, sramKilobytes, fits])).toEqual([
      ['virtual', 32, true],
      ['virtual', 40, true],
      ['virtual', 48, true],
      ['virtual', 64, true],
      ['virtual', 32, true],
      ['virtual', 40, true],
      ['virtual', 48, true],
      ['qemu', 64, true],
      ['virtual', 8, false],
    ]);
  });

  it('has 100 recordings to learn from and 100 to test on in every household', () => {
    for (const { name, recordings } of voices) {
      const decoded = decodeDataset(recordings);
      expect([
        name,
        decoded.ok && decoded.value.adaptCount,
        decoded.ok && decoded.value.labels.length,
      ]).toEqual([name, 100, 200]);
    }
  });

  it('names every device differently', () => {
    expect(new Set(fleet.map(({ name }) => name)).size).toBe(fleet.length);
  });
});
