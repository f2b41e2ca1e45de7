import { measureOf } from '#libs/model/session';
import { comparedOnDevices, type DeviceScore, isImprovement, publishingFor } from '.';

const accuracy = measureOf('classify', 1);
const error = measureOf('reconstruct', 0.5);

const told = (device: string, score: number, items = 10): DeviceScore => ({ device, items, score });

describe('what a campaign publishes', () => {
  it('is every version of a classifier, and of other models those that are better, where nothing was said', () => {
    expect([accuracy, error, measureOf('regress', 1)].map(publishingFor)).toEqual([
      'every',
      'better',
      'better',
    ]);
  });

  it('is better by the measure: a higher accuracy, a lower error', () => {
    const [up, down] = [
      { before: 0.2, after: 0.3 },
      { before: 0.3, after: 0.2 },
    ];
    expect([isImprovement(accuracy, up), isImprovement(accuracy, down)]).toEqual([true, false]);
    expect([isImprovement(error, up), isImprovement(error, down)]).toEqual([false, true]);
    expect(isImprovement(error, { before: 0.2, after: 0.2 })).toBe(false);
  });
});

describe('versions compared on devices', () => {
  it('count every device by its test items', () => {
    const before = [told('a', 1), told('b', 4)];
    const after = [told('a', 0.5, 30), told('b', 2, 10)];
    expect(comparedOnDevices(before, after)).toEqual({ before: 1.75, after: 0.875 });
  });

  it('are compared by devices that told of both alone', () => {
    const before = [told('a', 1), told('gone', 100)];
    const after = [told('new', 0), told('a', 0.5)];
    expect(comparedOnDevices(before, after)).toEqual({ before: 1, after: 0.5 });
  });

  it('do not depend on the order in which devices told', () => {
    const scores = [told('a', 0.1, 3), told('b', 0.2, 7), told('c', 0.7, 11), told('d', 1e-9, 13)];
    const turned = scores.toReversed();
    expect(comparedOnDevices(scores, turned)).toEqual(comparedOnDevices(turned, scores));
  });

  it('are not compared at all where no device told of both, or none has test items', () => {
    expect(comparedOnDevices([told('a', 1)], [told('b', 1)])).toBeUndefined();
    expect(comparedOnDevices([], [])).toBeUndefined();
    expect(comparedOnDevices([told('a', 1)], [told('a', 1, 0)])).toBeUndefined();
  });
});
