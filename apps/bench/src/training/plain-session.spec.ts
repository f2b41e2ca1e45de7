import type { Dataset } from '#libs/model/dataset';
import { uniformRates } from '#libs/model/quant';
import { personalisePlainly, type PlainLearner } from './plain-session';

/** Knows the label of every item that it was trained on; an item is its own number. */
class Rote implements PlainLearner {
  readonly known = new Map<number, number>();
  readonly steps: number[] = [];
  private current = 0;
  private label = 0;

  forward(input: Int8Array): void {
    this.current = (input[0] ?? 0) % 3;
  }
  predict(): number {
    return this.known.get(this.current) ?? 9;
  }
  loss(label: number): number {
    this.label = label;
    return 0;
  }
  backward({ index }: { readonly index: number }): void {
    this.steps.push(index);
    this.known.set(this.current, this.label);
  }
}

it('tests before and after, and counts one step for every recording presented', () => {
  const dataset: Dataset = {
    classes: 3,
    itemBytes: 1,
    adaptCount: 2,
    scale: 1,
    zeroPoint: 0,
    labels: Uint8Array.of(0, 1, 0, 1, 2),
    elements: Int8Array.of(0, 1, 3, 4, 5),
  };
  const learner = new Rote();
  const outcome = personalisePlainly(learner, dataset, { seed: 1, passes: 2, rates: uniformRates(0.02) });
  expect(outcome).toEqual({ before: 0, after: 2 / 3 });
  expect(learner.steps).toEqual([0, 1, 2, 3]);
});
