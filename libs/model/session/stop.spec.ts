import { EarlyStop, NEVER, type StopRule } from './stop';

/** Of one item, with so many 1/4096 bit. */
const tally = (lossSum: number) => ({ items: 1, right: 0, lossSum });

/** What a session says after passes with these losses. */
const after = (rule: Partial<StopRule>, losses: readonly number[], base = 1000) => {
  const stop = new EarlyStop({ ...NEVER, ...rule }, tally(base));
  return losses.map((loss) => stop.after(tally(loss)));
};

describe('the early end of a session (NUMERICS N11)', () => {
  it('never comes where it was not asked for', () => {
    expect(after({}, [900, 900, 900, 0])).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('comes after a pass whose mean loss, in 1/65536 bit, is below the bound', () => {
    expect(after({ belowLoss: 16 * 500 }, [900, 500, 499])).toEqual([undefined, undefined, 'lowLoss']);
  });

  it('comes after as many passes without progress as there is patience', () => {
    expect(after({ patience: 2, leastFall: 16 * 10 }, [990, 985, 980, 975, 971])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'noProgress',
    ]);
  });

  it('counts progress from the loss before the first step', () => {
    expect(after({ patience: 1, leastFall: 16 }, [1000])).toEqual(['noProgress']);
    expect(after({ patience: 1, leastFall: 0 }, [1000])).toEqual([undefined]);
  });

  it('takes the mean rounded down', () => {
    const stop = new EarlyStop({ ...NEVER, belowLoss: 5 }, { items: 3, right: 0, lossSum: 9 });
    expect(stop.after({ items: 3, right: 0, lossSum: 1 })).toBe(undefined); // 16/3 = 5.33
    expect(
      new EarlyStop({ ...NEVER, belowLoss: 6 }, tally(9)).after({ items: 3, right: 0, lossSum: 1 }),
    ).toBe('lowLoss');
  });
});
