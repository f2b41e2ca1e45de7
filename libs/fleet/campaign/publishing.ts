import { isBetter, type Measure, tellsClasses } from '#libs/model/session';

/**
 * Which versions a campaign publishes, so that whatever starts from the model's newest version starts from them: every one that a
 * round makes, or those that were found better than what was published last.
 */
export type Publishing = 'every' | 'better';

export const PUBLISHINGS: readonly Publishing[] = ['every', 'better'];

/**
 * What a campaign does that was not told. A mean squared error moves with every step, so that a version which is better shows it.
 * The accuracy of a few hundred items does not: a round that brings its classes further apart may leave it where it was.
 */
export const publishingFor = (measure: Measure): Publishing => (tellsClasses(measure) ? 'every' : 'better');

/** Two models by one measure, on the same items. */
export interface Comparison {
  readonly before: number;
  readonly after: number;
}

/** Is it worth publishing? */
export const isImprovement = (measure: Measure, { before, after }: Comparison): boolean =>
  isBetter(measure, after, before);

/** The value of a model on one device's own test items. */
export interface DeviceScore {
  readonly device: string;
  /** 1 or more: what it counts. */
  readonly items: number;
  readonly score: number;
}

/**
 * How the devices find two versions, each by its own test items, which it has as many of as it says in `after`. A device that told of one of
 * them alone says nothing; undefined where all do. The order of the scores does not matter.
 */
export function comparedOnDevices(
  before: readonly DeviceScore[],
  after: readonly DeviceScore[],
): Comparison | undefined {
  const first = new Map(before.map(({ device, score }) => [device, score]));
  const pairs = after
    .flatMap(({ device, items, score }) => {
      const old = first.get(device);
      return old === undefined ? [] : [{ device, items, old, score }];
    })
    .sort((a, b) => (a.device < b.device ? -1 : 1));
  const items = pairs.reduce((sum, pair) => sum + pair.items, 0);
  if (items === 0) return undefined;
  return {
    before: pairs.reduce((sum, pair) => sum + pair.items * pair.old, 0) / items,
    after: pairs.reduce((sum, pair) => sum + pair.items * pair.score, 0) / items,
  };
}
