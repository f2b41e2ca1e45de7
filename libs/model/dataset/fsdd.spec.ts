import { at } from '#libs/base/result';
import { FSDD_SPEAKERS, fsddDataset, item, readFsdd } from '.';

const ITEM_BYTES = 1960;

/** One recording for each [digit, speaker], filled with its own number. */
function corpusOf(labels: readonly (readonly [number, number])[]): ReturnType<typeof readFsdd> {
  const features = new Uint8Array(labels.length * ITEM_BYTES);
  labels.forEach((_, row) => features.fill(row, row * ITEM_BYTES, (row + 1) * ITEM_BYTES));
  return readFsdd(features, Uint8Array.from(labels.flat()));
}

describe('the spoken digits', () => {
  const corpus = corpusOf([
    [7, 0],
    [3, 1],
    [9, 1],
    [1, 1],
  ]);
  if (!corpus.ok) throw new Error(corpus.error.message);

  it('become one speaker’s dataset, recordings to learn from first, in the order of the split', () => {
    const split = fsddDataset(corpus.value, { speaker: 'jackson', adapt: '3\n1\n', test: '2' });
    expect(split).toMatchObject({ ok: true, value: { classes: 10, adaptCount: 2, zeroPoint: -46 } });
    if (!split.ok) return;
    expect([...split.value.labels]).toEqual([1, 3, 9]);
    expect([0, 1, 2].map((index) => at(item(split.value, index), 0))).toEqual([3, 1, 2]);
  });

  it.each([
    ['another speaker’s recording', { adapt: '1', test: '0' }],
    ['a recording that is not there', { adapt: '1', test: '4' }],
    ['a line that is no number', { adapt: '1', test: 'x' }],
    ['a fraction', { adapt: '1.5', test: '2' }],
    ['no recordings', { adapt: '\n', test: '2' }],
  ])('are refused when a split names %s', (_, texts) => {
    expect(fsddDataset(corpus.value, { speaker: 'jackson', ...texts })).toMatchObject({
      ok: false,
      error: { code: 'fsdd.malformed' },
    });
  });

  it('are refused when the files disagree on the number of recordings', () => {
    expect(readFsdd(new Uint8Array(ITEM_BYTES), new Uint8Array(4)).ok).toBe(false);
    expect(readFsdd(new Uint8Array(ITEM_BYTES), new Uint8Array(3)).ok).toBe(false);
  });

  it('are refused when a label is no digit or no speaker', () => {
    expect(corpusOf([[10, 0]]).ok).toBe(false);
    expect(corpusOf([[0, FSDD_SPEAKERS.length]]).ok).toBe(false);
  });
});
