import { formatTable, grouped } from '#libs/base/table';
import { arenaBytesOf, type SearchedStep } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';
import {
  type NextInLine,
  nextInLine,
  type Reason,
  reasonsOf,
  schemeAccounting,
  schemeId,
  type SparseScheme,
  trainedParameters,
  uploadOf,
} from '#libs/model/scheme';
import type { Finalist } from './finals';

/** The answer for another budget. */
export interface Alternative {
  readonly sramBytes: number;
  /** Null where nothing fits; then the other two are, too. */
  readonly scheme: SparseScheme | null;
  readonly plannedPeakBytes: number | null;
  readonly expectedGain: number | null;
  /** Of the linked session, where flash is limited and something fits. */
  readonly flashBytes?: number | undefined;
}

export interface SchemeSummary {
  readonly inference: Graph;
  readonly sramBytes: number;
  readonly arenaBudgetBytes: number;
  readonly answer: SearchedStep;
  readonly finals: readonly Finalist[];
  readonly alternatives: readonly Alternative[];
  /** Of the linked session, where that was asked for. */
  readonly flashBytes: number | undefined;
}

export type SchemeReport = ReturnType<typeof schemeReport>;

/** What `scheme --json` prints. */
export function schemeReport(summary: SchemeSummary) {
  const { inference, sramBytes, arenaBudgetBytes, answer, finals, alternatives, flashBytes } = summary;
  const { scheme, candidate, contributions, plans } = answer;
  const trained = trainedParameters(inference, scheme);
  return {
    model: inference.name,
    sramBytes,
    arenaBudgetBytes,
    scheme,
    id: schemeId(scheme),
    trained,
    accounting: schemeAccounting(inference, scheme),
    plannedPeakBytes: arenaBytesOf(answer),
    ...(flashBytes !== undefined && { flashBytes }),
    uploadBytes: Math.ceil(uploadOf(inference, candidate)),
    expectedGain: candidate.gain,
    contributions: { source: contributions.source, unit: contributions.unit },
    plans,
    why: reasonsOf(inference, candidate).map((reason) => ({ ...reason, text: reasonText(reason) })),
    next: nextInLine(inference, contributions, candidate).map((step) => ({ ...step, text: nextText(step) })),
    finals: finals.map(finalReport),
    alternatives: alternatives.map((each) => ({ ...each, text: alternativeText(each, candidate.gain) })),
  };
}

const finalReport = (finalist: Finalist) => ({
  scheme: finalist.candidate.scheme,
  sessions: finalist.sessions,
  probability: finalist.probability,
  ahead: finalist.ahead,
  text: finalText(finalist),
});

function finalText({ candidate, sessions, probability, ahead }: Finalist): string {
  const { scheme } = candidate;
  const times = sessions === 1 ? 'one session' : `${sessions} sessions`;
  const difference =
    ahead.mean === 0
      ? ''
      : `, ${signed(ahead.mean)} +- ${ahead.standardError.toFixed(4)} beside the search's own`;
  const { mean, standardError } = probability;
  return `${scheme.name}: ${mean.toFixed(4)} +- ${standardError.toFixed(4)} in ${times}${difference}; ${partsText(scheme)}`;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;

const layerText = ({ layer, name }: Reason): string => `layer ${layer ?? ''} (${name ?? ''})`;

function reasonText(reason: Reason): string {
  const { part, gain, savedBytes, copiedBytes, gainPerKilobyte } = reason;
  const cost =
    `gains ${gain.toFixed(4)} for ${grouped(savedBytes)} bytes saved and ${grouped(copiedBytes)} copied ` +
    `(${gainPerKilobyte.toFixed(4)} a KB)`;
  if (part === 'weights')
    return `weights of ${layerText(reason)}, ${channelsText(reason)} (${reason.ratio ?? 0}): ${cost}`;
  return reason.layer === undefined
    ? 'biases: of the head alone'
    : `biases from ${layerText(reason)} on: ${cost}`;
}

const channelsText = ({ channels = 0 }: Reason): string =>
  channels === 1 ? 'its first channel' : `the first ${channels} channels`;

const nextText = (step: NextInLine): string =>
  `${layerText(step)} from ${step.from} to ${step.ratio ?? 0}: ${step.gain.toFixed(4)} more for ` +
  `${grouped(step.savedBytes + step.copiedBytes)} bytes (${step.gainPerKilobyte.toFixed(4)} a KB)`;

function alternativeText(
  { sramBytes, scheme, plannedPeakBytes, expectedGain, flashBytes }: Alternative,
  now: number,
): string {
  if (!scheme || expectedGain === null || plannedPeakBytes === null)
    return `${grouped(sramBytes)} bytes: nothing fits`;
  const change = expectedGain - now;
  return (
    `${grouped(sramBytes)} bytes: ${partsText(scheme)}; arena ${grouped(plannedPeakBytes)}, ` +
    (flashBytes === undefined ? '' : `flash ${grouped(flashBytes)}, `) +
    `gain ${expectedGain.toFixed(4)} (${signed(change)})`
  );
}

const partsText = ({ biasLayers, weightLayers }: SparseScheme): string =>
  `biases of ${biasLayers === 1 ? '1 layer' : `${biasLayers} layers`}${weightLayers.length === 0 ? '' : `, weights ${weightLayers.map(({ layer, ratio }) => `${layer}:${ratio}`).join(' ')}`}`;

const COLUMNS = [
  { title: 'bytes', align: 'left' },
  { title: '', align: 'right' },
] as const;

/** The report as text. */
export function schemeText(report: SchemeReport): string {
  const { scheme, accounting, contributions } = report;
  return [
    `${report.model} in ${grouped(report.sramBytes)} bytes of SRAM: ${partsText(scheme)}, and the head; ` +
      `expected gain ${report.expectedGain.toFixed(4)}`,
    '',
    formatTable(COLUMNS, [
      ['arena, planned', grouped(report.plannedPeakBytes)],
      ['arena, at most', grouped(report.arenaBudgetBytes)],
      ['saved activations and masks', grouped(accounting.activationBytes)],
      ['copies of weights and biases', grouped(accounting.weightBytes)],
      ...(report.flashBytes === undefined ? [] : [['flash', grouped(report.flashBytes)]]),
      ['upload, estimated', grouped(report.uploadBytes)],
    ]),
    '',
    `Gains: ${contributions.unit}; those of the parts are added up. ${report.plans} schemes planned.`,
    '',
    'Why:',
    ...report.why.map(({ text }) => `  ${text}`),
    ...(report.next.length === 0 ? [] : ['Next in line:', ...report.next.map(({ text }) => `  ${text}`)]),
    ...(report.finals.length === 0
      ? []
      : [
          'Whole sessions, mean probability of the right class and its standard error over the rows to test on:',
          ...report.finals.map(({ text }) => `  ${text}`),
        ]),
    report.flashBytes === undefined ? 'With other SRAM:' : 'With other SRAM, in the same flash:',
    ...report.alternatives.map(({ text }) => `  ${text}`),
  ].join('\n');
}
