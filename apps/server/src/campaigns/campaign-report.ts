import { type Measure, tellsClasses } from '#libs/model/session';

import type { Build } from '../builds/builds.repository';
import type { Device } from '../devices/devices.repository';
import type { CampaignDetails, RoundDetails } from './campaign-reader';
import { scoresOf } from './execution-scores';
import type { Execution } from './executions.repository';

/** How well a device did in one round, on its own test items: values of the campaign's measure. */
export interface RoundScore {
  readonly round: number;
  readonly before: number | null;
  readonly after: number | null;
}

/** A campaign as one device saw it. */
export interface ReportRow {
  readonly deviceId: string;
  readonly label: string | null;
  readonly board: string;
  readonly sramBytes: number;
  readonly plannedPeakBytes: number | null;
  readonly elfPeakBytes: number | null;
  /** The largest that the device measured. */
  readonly measuredPeakBytes: number | null;
  readonly scheme: string | null;
  /** The model that the campaign began with. */
  readonly scoreBefore: number | null;
  readonly rounds: readonly RoundScore[];
  /** After the device's last training. */
  readonly scorePersonalised: number | null;
  /** The last version of the campaign. */
  readonly scoreFinalGlobal: number | null;
  /** The same scores, where the measure is accuracy; else null. */
  readonly accuracyBefore: number | null;
  readonly accuracyPersonalised: number | null;
  readonly accuracyFinalGlobal: number | null;
  /** Over MQTT, as the device counted. */
  readonly bytesDown: number;
  /** The same, and the deltas, which follow what the device counted. */
  readonly bytesUp: number;
  /** Of its last execution; of the device where it had none. */
  readonly state: string;
  readonly reason: string | null;
}

interface Part {
  readonly round: RoundDetails;
  readonly execution: Execution;
}

/** One row for every device of the fleet, those that could not take part among them. */
export function campaignReport(
  campaign: CampaignDetails,
  devices: readonly Device[],
  builds: ReadonlyMap<string, Build>,
): ReportRow[] {
  return devices.map((device) =>
    reportRow(device, builds.get(device.buildId ?? ''), {
      measure: campaign.measure,
      parts: partsOf(campaign, device.id),
    }),
  );
}

const partsOf = ({ roundDetails }: CampaignDetails, deviceId: string): Part[] =>
  roundDetails.flatMap((round) =>
    round.executions
      .filter((execution) => execution.deviceId === deviceId)
      .map((execution) => ({ round, execution })),
  );

interface Course {
  readonly measure: Measure;
  readonly parts: readonly Part[];
}

function reportRow(device: Device, build: Build | undefined, { measure, parts }: Course): ReportRow {
  const trained = parts.filter(({ round }) => round.kind === 'train');
  const evaluated = parts.find(({ round }) => round.kind === 'evaluate');
  const rounds = trained.map(({ round, execution }) => ({
    round: round.number,
    ...scoresOf(execution, measure),
  }));
  const before = rounds.find((one) => one.before !== null)?.before ?? null;
  const personalised = rounds.findLast(({ after }) => after !== null)?.after ?? null;
  const finalGlobal = evaluated ? scoresOf(evaluated.execution, measure).before : null;
  const accuracy = (score: number | null): number | null => (tellsClasses(measure) ? score : null);
  const last = parts.at(-1)?.execution;
  return {
    deviceId: device.id,
    label: device.label,
    board: device.board,
    sramBytes: device.sramBytes,
    plannedPeakBytes: build?.plannedPeakBytes ?? null,
    elfPeakBytes: build?.elfPeakBytes ?? null,
    measuredPeakBytes: largest(parts.flatMap(({ execution }) => execution.peakSramBytes ?? [])),
    scheme: build?.schemeName ?? null,
    scoreBefore: before,
    rounds,
    scorePersonalised: personalised,
    scoreFinalGlobal: finalGlobal,
    accuracyBefore: accuracy(before),
    accuracyPersonalised: accuracy(personalised),
    accuracyFinalGlobal: accuracy(finalGlobal),
    bytesDown: sum(parts.map(({ execution }) => execution.receivedBytes ?? 0)),
    bytesUp: sum(parts.map(({ execution }) => bytesUp(execution))),
    state: last?.state ?? device.state,
    reason: last ? last.reason : device.reason,
  };
}

/** A device counts up to the result that it sends; the delta, whose size that announces, comes after it. */
const bytesUp = ({ state, sentBytes = 0, upload }: Execution): number =>
  sentBytes + (state === 'stored' ? (upload?.bytes ?? 0) : 0);

const largest = (values: readonly number[]): number | null =>
  values.length > 0 ? Math.max(...values) : null;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
