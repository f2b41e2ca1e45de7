import { chooseScheme } from './choose-scheme';

const rung = (name: string, biasLayers: number) => ({ name, biasLayers, weightLayers: [] });
const ladder = [rung('small', 0), rung('middle', 1), rung('large', 2)];
const peaks: Readonly<Record<string, number>> = { small: 100, middle: 200, large: 300 };
const peakBytes = ({ name }: { readonly name: string }): number => peaks[name] ?? 0;

describe('the choice of a scheme', () => {
  it('takes the largest that fits, the budget itself included', () => {
    expect(chooseScheme(ladder, peakBytes, 299)).toMatchObject({ ok: true, value: { name: 'middle' } });
    expect(chooseScheme(ladder, peakBytes, 300)).toMatchObject({ ok: true, value: { name: 'large' } });
  });

  it('refuses with the smallest peak where none fits', () => {
    expect(chooseScheme(ladder, peakBytes, 99)).toMatchObject({
      ok: false,
      error: { code: 'scheme.does-not-fit', smallestPeakBytes: 100 },
    });
  });

  it('refuses an empty ladder as a model that cannot be trained', () => {
    expect(chooseScheme([], peakBytes, 99)).toMatchObject({
      ok: false,
      error: { code: 'scheme.not-trainable' },
    });
  });
});
