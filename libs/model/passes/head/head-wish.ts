import { ok, type Result } from '#libs/base/result';
import { type HeadFault, headFault } from './head-fault';

export const LEAST_CLASSES = 2;
/** What a head can be trained with: labels are bytes. */
export const MOST_CLASSES = 256;
const MOST_SEED = 2 ** 32 - 1;
const LABEL_LENGTH = 64;
const CONTROL = /\p{Cc}/u;

/** A head as it is asked for. */
export interface HeadWish {
  readonly classes?: number | undefined;
  /** The name of each class, in order, separated by commas. */
  readonly labels?: string | undefined;
  /** The first classes are those that the model knows; they keep what was learnt of them. */
  readonly keep?: boolean | undefined;
  readonly seed?: number | undefined;
}

/** A head that can be made. */
export interface NewHead {
  /** 2..256. */
  readonly classes: number;
  /** uint32. */
  readonly seed: number;
  readonly keep: boolean;
  /** One a class, all different; undefined where classes have only numbers. */
  readonly labels?: readonly string[];
}

/**
 * The head that was asked for, checked; undefined where none was. Spaces around labels do not count.
 * Refused: `head.bad-classes`, `head.bad-label`, `head.duplicate-labels`, `head.label-count`, `head.bad-seed`.
 */
export function newHeadOf(wish: HeadWish): Result<NewHead | undefined, HeadFault> {
  const labels = wish.labels?.split(',').map((label) => label.trim());
  const classes = wish.classes ?? labels?.length;
  if (classes === undefined) return ok(undefined);
  const { seed = 1, keep = false } = wish;
  const fault = classesFault(classes) ?? (labels && labelsFault(labels, classes)) ?? seedFault(seed);
  return fault ?? ok({ classes, seed, keep, ...(labels && { labels }) });
}

const classesFault = (classes: number) =>
  Number.isInteger(classes) && classes >= LEAST_CLASSES && classes <= MOST_CLASSES
    ? undefined
    : headFault(
        'head.bad-classes',
        `a head tells ${LEAST_CLASSES} to ${MOST_CLASSES} classes apart, not ${classes}`,
      );

const seedFault = (seed: number) =>
  Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED
    ? undefined
    : headFault('head.bad-seed', `the seed is ${seed}, but wanted is a whole number from 0 to ${MOST_SEED}`);

function labelsFault(labels: readonly string[], classes: number) {
  const bad = labels.find((label) => label === '' || label.length > LABEL_LENGTH || CONTROL.test(label));
  if (bad !== undefined)
    return headFault(
      'head.bad-label',
      `a label has 1 to ${LABEL_LENGTH} printable characters, not "${bad.slice(0, LABEL_LENGTH).replace(/\p{Cc}/gu, '?')}"`,
    );
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) return headFault('head.duplicate-labels', `two classes are called "${twice}"`);
  if (labels.length !== classes)
    return headFault('head.label-count', `${labels.length} labels for ${classes} classes`);
  return undefined;
}
