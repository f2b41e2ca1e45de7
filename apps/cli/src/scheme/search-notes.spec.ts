import { searchNotes } from './search-notes';

const best = {
  scheme: { name: 'searched', biasLayers: 9, weightLayers: [{ layer: 9, ratio: 1 }] },
  bias: { layers: 9, gain: 1, savedBytes: 0, copiedBytes: 0, uploadBytes: 0 },
  weights: [],
  gain: 1.25,
  peakBytes: 38_292,
};

describe('the notes of a search', () => {
  it('say how far it is, every two seconds', () => {
    let milliseconds = 0;
    const noted: string[] = [];
    const terminal = { print: () => undefined, note: (text: string) => void noted.push(text) };
    const planned = searchNotes(terminal, () => milliseconds);
    planned({ plans: 1, best: undefined });
    milliseconds = 2000;
    planned({ plans: 2, best: undefined });
    milliseconds = 3999;
    planned({ plans: 3, best });
    milliseconds = 4000;
    planned({ plans: 4, best });
    expect(noted).toEqual([
      'search: 2 schemes planned; nothing fits so far',
      'search: 4 schemes planned; best so far: biases of 9 layers, weights of 1, expected gain 1.250, arena 38,292 bytes',
    ]);
  });
});
