import { formatTable, grouped } from '#libs/base/table';
import { arenaBytesOf } from '#libs/firmware/program';
import { type Graph, graphMacs, objectiveOf, outputScaleOf } from '#libs/model/ir';
import { schemeAccounting, schemeId, trainedParameters } from '#libs/model/scheme';
import {
  accuracyOf,
  type EpochRecord,
  type LearningRates,
  meanLossOf,
  type Measure,
  measureOf,
  scoreOf,
  type SessionEnd,
  type Tally,
  tellsClasses,
  testedBy,
} from '#libs/model/session';
import type { SessionRules } from './session-rules';
import { prefixFacts } from '../model/prefix-facts';
import type { TrainOutcome, TrainRequest } from './train-request';

/**
 * Of a classifier the fraction that is right and the mean cross-entropy in nats; of other networks nothing is right or wrong, and the
 * loss is the mean squared error.
 */
interface Score {
  readonly accuracy: number | null;
  readonly loss: number;
}

const lossOf = (tally: Tally, measure: Measure): number =>
  tellsClasses(measure) ? meanLossOf(tally) : (scoreOf(measure, testedBy(tally)) ?? 0);

const scored = (tally: Tally, measure: Measure): Score => ({
  accuracy: tellsClasses(measure) ? accuracyOf(tally) : null,
  loss: lossOf(tally, measure),
});

/** How the answers of this model are measured. */
export const measureOfModel = (inference: Graph): Measure =>
  measureOf(objectiveOf(inference), outputScaleOf(inference));

/** What a report is of. */
export interface TrainSummary {
  readonly engine: string;
  readonly board: string | undefined;
  readonly inference: Graph;
  readonly request: TrainRequest;
  readonly rates: LearningRates;
  readonly rules: SessionRules;
  readonly outcome: TrainOutcome;
  readonly encodedBytes: number;
  readonly seconds: number;
}

export type TrainReport = ReturnType<typeof trainReport>;

/** What `train --json` prints. */
export function trainReport(summary: TrainSummary) {
  const { engine, board, inference, request, rates, rules, outcome, encodedBytes, seconds } = summary;
  const { step, classes, rows, plan } = request;
  const { record, measured } = outcome;
  const { scheme } = step;
  const linked = measured?.linked;
  const { training } = request.model.facts;
  const measure = measureOfModel(inference);
  return {
    engine,
    model: inference.name,
    objective: objectiveOf(inference),
    measure: { name: measure.name, better: measure.better },
    ...(board !== undefined && { board }),
    scheme: {
      ...scheme,
      id: schemeId(scheme),
      trained: trainedParameters(inference, scheme),
      accounting: schemeAccounting(inference, scheme),
    },
    ...(training && { gradients: training.gradients, gradientBits: training.mantissaBits }),
    classes,
    rows: { adapt: rows.adapt.length, test: rows.test.length },
    seed: plan.seed,
    rates,
    ...rules,
    before: scored(record.before, measure),
    epochs: lastAttempt(record.epochs, record.restarts).map(({ test }) => scored(test, measure)),
    after: scored(record.after, measure),
    kept: record.kept,
    end: record.end,
    guard: {
      restarts: record.restarts,
      lossBefore: lossOf(record.base, measure),
      ...(record.check.items > 0 && { lossAfter: lossOf(record.check, measure) }),
    },
    telemetry: { saturated: record.saturated },
    steps: record.steps,
    macsPerStep: graphMacs(step.training),
    ...(linked?.instructionsPerStep !== undefined && { instructionsPerStep: linked.instructionsPerStep }),
    ...(linked && { flashBytes: linked.flashBytes }),
    /** null: nothing is computed once a row. */
    prefix: step.prefix ? prefixFacts(step.prefix) : null,
    peakRamBytes: { planned: arenaBytesOf(step), measured: measured?.arenaBytes ?? null },
    ...(linked && { staticRamBytes: linked.staticRamBytes, stackBytes: linked.stack }),
    deltaBytes: { raw: record.delta.length, encoded: encodedBytes },
    seconds,
  };
}

/** Passes before a restart are forgotten, as their steps are. */
const lastAttempt = (epochs: readonly EpochRecord[], restarts: number): readonly EpochRecord[] =>
  epochs.filter(({ restart }) => restart === restarts);

/** One line of progress. */
export function epochLine(
  { restart, pass, learned, test }: EpochRecord,
  passes: number,
  measure: Measure,
): string {
  const again = restart === 0 ? '' : `, ${restart === 1 ? 'second' : 'third'} attempt`;
  return (
    `epoch ${pass + 1}/${passes}${again}: ${scoreText(scored(test, measure))} ` +
    `(rows to learn from: loss ${lossOf(learned, measure).toFixed(4)})`
  );
}

const scoreText = ({ accuracy, loss }: Score): string =>
  `${accuracy === null ? '' : `accuracy ${accuracy.toFixed(4)}, `}loss ${loss.toFixed(4)}`;

const CURVE_COLUMNS = [
  { title: '', align: 'left' },
  { title: 'accuracy', align: 'right' },
  { title: 'loss', align: 'right' },
] as const;

const FIGURE_COLUMNS = [
  { title: 'what it took', align: 'left' },
  { title: '', align: 'right' },
] as const;

/** The report as text. */
export function trainText(report: TrainReport): string {
  const { engine, model, objective, scheme, rows, rates, before, epochs, after, kept } = report;
  const line = (what: string, { accuracy, loss }: Score) => [
    what,
    accuracy === null ? '-' : accuracy.toFixed(4),
    loss.toFixed(4),
  ];
  const measured =
    report.measure.name === 'accuracy'
      ? 'accuracy and mean cross-entropy (nats)'
      : 'mean squared error (lower is better)';
  return [
    `${model} on ${engine}, to ${objective}: scheme ${scheme.name}, ${grouped(scheme.trained.weights)} weights and ` +
      `${grouped(scheme.trained.biases)} biases; ${ratesText(rates)}`,
    `${grouped(rows.adapt)} rows to learn from; ${measured} of ${grouped(rows.test)} to test on`,
    ...cachedText(report),
    '',
    formatTable(
      CURVE_COLUMNS,
      [line('before', before), ...epochs.map((epoch, i) => line(`epoch ${i + 1}`, epoch))],
      [line('after', after)],
    ),
    '',
    ...endText(report),
    kept ? restartsText(report) : 'It did not help: the old values stay, and the delta is 0.',
    '',
    formatTable(FIGURE_COLUMNS, figureRows(report)),
  ].join('\n');
}

const ENDS: Readonly<Record<SessionEnd, string | undefined>> = {
  passes: undefined,
  lowLoss: 'It ended early: the loss of the rows to learn from was small enough.',
  noProgress: 'It ended early: the loss of the rows to learn from no longer fell.',
  guard:
    'It was given up: at none of three rates, each a quarter of the one before, did the rows to learn from get better.',
};

/** Which rate is whose, where they differ. */
const ratesText = ({ weights, bias, head }: LearningRates): string =>
  weights === bias && bias === head
    ? `rate ${head}`
    : `rates ${weights} (weights), ${bias} (biases), ${head} (head)`;

function cachedText({ prefix }: TrainReport): readonly string[] {
  if (!prefix) return [];
  const { layers, featureBytes } = prefix;
  const what = layers === 1 ? 'layer' : `${layers} layers`;
  return [
    `the first ${what} ran once a row, not in every step; the result, ${grouped(featureBytes)} bytes, was kept beside the row`,
  ];
}

const endText = ({ end }: TrainReport): readonly string[] => [ENDS[end]].filter((text) => text !== undefined);

function restartsText({ guard: { restarts } }: TrainReport): string {
  if (restarts === 0) return 'What was learnt stays.';
  return `What was learnt stays, at the ${restarts === 1 ? 'second' : 'third'} attempt: the rates are ${4 ** restarts} times smaller.`;
}

function figureRows(report: TrainReport): readonly (readonly string[])[] {
  const { peakRamBytes, deltaBytes, stackBytes } = report;
  const { saturated } = report.telemetry;
  const rows: readonly (readonly [string, number | null | undefined])[] = [
    ['bytes of the arena, planned', peakRamBytes.planned],
    ['  measured', peakRamBytes.measured],
    ['bytes of static RAM (arena and all else but the stack)', report.staticRamBytes],
    ['bytes of stack, worst case', stackBytes?.boundBytes],
    ['  measured', stackBytes?.measuredBytes],
    ['bytes of flash (code, constants, weights)', report.flashBytes],
    ['bits of a gradient', report.gradientBits],
    ['steps', report.steps],
    [
      'values that came to the end of their range',
      saturated.weights + saturated.headWeights + saturated.biases,
    ],
    ['multiply-accumulates of a step', report.macsPerStep],
    ['multiply-accumulates once a row', report.prefix?.macs],
    ['bytes kept beside a row', report.prefix?.featureBytes],
    ['instructions of a step', report.instructionsPerStep],
    ['bytes of the delta, raw', deltaBytes.raw],
    ['  encoded', deltaBytes.encoded],
  ];
  const known = rows.flatMap(([what, value]) => (typeof value === 'number' ? [[what, grouped(value)]] : []));
  return [...known, ['seconds', report.seconds.toFixed(1)]];
}
