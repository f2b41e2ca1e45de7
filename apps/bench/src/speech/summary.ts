import { type Column, formatTable, type Row } from '#libs/base/table';
import { FSDD_SPEAKERS, type FsddSpeaker } from '#libs/model/dataset';
import { type Anchor, ANCHOR_BEFORE } from './anchors';

/** One speaker and one split, and the accuracy on the speaker's test recordings. */
export interface Outcome {
  readonly speaker: FsddSpeaker;
  readonly split: number;
  readonly before: number;
  readonly after: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'speaker', align: 'left' },
  { title: 'before', align: 'right' },
  { title: '(anchor)', align: 'right' },
  { title: 'after', align: 'right' },
  { title: '(PyTorch)', align: 'right' },
  { title: 'splits', align: 'left' },
];

/** A line a speaker: mean over the splits beside the anchor; last the mean of all and its deviation from split to split. */
export function summaryTable(outcomes: readonly Outcome[], anchor: Anchor | undefined): string {
  const rows = FSDD_SPEAKERS.map((speaker) => speakerRow(speaker, outcomes, anchor));
  return formatTable(COLUMNS, rows, [meanRow(outcomes, anchor)]);
}

function speakerRow(speaker: FsddSpeaker, outcomes: readonly Outcome[], anchor: Anchor | undefined): Row {
  const own = outcomes.filter((outcome) => outcome.speaker === speaker);
  return [
    speaker,
    fraction(mean(own.map(({ before }) => before))),
    fraction(ANCHOR_BEFORE[speaker]),
    fraction(mean(own.map(({ after }) => after))),
    anchor ? fraction(anchor.pytorch[speaker]) : '-',
    own.map(({ after }) => fraction(after)).join(' '),
  ];
}

function meanRow(outcomes: readonly Outcome[], anchor: Anchor | undefined): Row {
  const perSplit = splitMeans(outcomes);
  const spread = perSplit.length > 1 ? ` (sd ${fraction(deviation(perSplit), 4)})` : '';
  return [
    'mean',
    fraction(mean(outcomes.map(({ before }) => before))),
    fraction(mean(Object.values(ANCHOR_BEFORE))),
    fraction(mean(perSplit)),
    anchor ? fraction(mean(Object.values(anchor.pytorch))) : '-',
    perSplit.map((each) => fraction(each)).join(' ') + spread,
  ];
}

/** The mean of the speakers for each split, in the order of the splits. */
function splitMeans(outcomes: readonly Outcome[]): readonly number[] {
  const splits = [...new Set(outcomes.map(({ split }) => split))].sort((a, b) => a - b);
  return splits.map((wanted) =>
    mean(outcomes.filter(({ split }) => split === wanted).map(({ after }) => after)),
  );
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a sample: n - 1 in the divisor. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** `.973`, as the anchors are written. */
const fraction = (value: number, digits = 3): string => value.toFixed(digits).replace(/^0/, '');
