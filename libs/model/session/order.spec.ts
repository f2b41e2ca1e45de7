import { shufflePass } from '#libs/base/rng';
import { balancedItems, firstItems, PassOrder } from './order';

/** Three classes with 6, 1 and 3 items. */
const LABELS = [7, 7, 0, 7, 9, 9, 7, 7, 9, 7];

const count = <T>(values: readonly T[], wanted: T): number =>
  values.filter((value) => value === wanted).length;

describe('the order of the items (NUMERICS N9)', () => {
  it('shuffles one list on from pass to pass', () => {
    const order = new PassOrder('shuffled', LABELS);
    const list = LABELS.map((_, index) => index);
    for (let pass = 0; pass < 3; pass++) {
      shufflePass(list, 5, pass);
      expect(order.ofPass(pass, 5)).toEqual(list);
    }
  });

  it('balanced, gives every class the same number of turns in a pass, but for one', () => {
    for (let pass = 0; pass < 20; pass++) {
      const met = balancedItems(LABELS, pass).map((item) => LABELS[item]);
      const turns = [0, 7, 9].map((label) => count(met, label));
      expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(1);
    }
  });

  it('balanced, gives every class and each of its items the same number of turns in the long run', () => {
    const passes = 18; // 180 turns, 60 of each class
    const met = Array.from({ length: passes }, (_, pass) => balancedItems(LABELS, pass)).flat();
    expect(LABELS.map((_, item) => count(met, item))).toEqual(
      LABELS.map((label) => 60 / count(LABELS, label)),
    );
  });

  it('balanced, makes the list anew for every pass, and shuffles it', () => {
    const order = new PassOrder('balanced', LABELS);
    for (let pass = 0; pass < 3; pass++) {
      const list = balancedItems(LABELS, pass);
      shufflePass(list, 5, pass);
      expect(order.ofPass(pass, 5)).toEqual(list);
    }
    expect(firstItems('balanced', LABELS)).toEqual([2, 0, 4, 2, 1, 5, 2, 3, 8, 2]);
  });

  it('is the same for items that all have one label, by either rule, before the shuffling', () => {
    expect(firstItems('balanced', [3, 3, 3])).toEqual(firstItems('shuffled', [3, 3, 3]));
  });
});
