import type { Build } from '../builds/builds.repository';
import type { Device } from '../devices/devices.repository';
import type { CampaignDetails, RoundDetails } from './campaign-reader';
import type { Execution } from './executions.repository';

/** How well a device did in one round, on its own test items; 0..1. */
export interface RoundAccuracy {
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
  readonly accuracyBefore: number | null;
  readonly rounds: readonly RoundAccuracy[];
  /** After the device's last training. */
  readonly accuracyPersonalised: number | null;
  /** The last version of the campaign. */
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
    reportRow(device, builds.get(device.buildId ?? ''), partsOf(campaign, device.id)),
  );
}

const partsOf = ({ roundDetails }: CampaignDetails, deviceId: string): Part[] =>
  roundDetails.flatMap((round) =>
    round.executions
      .filter((execution) => execution.deviceId === deviceId)
      .map((execution) => ({ round, execution })),
  );

function reportRow(device: Device, build: Build | undefined, parts: readonly Part[]): ReportRow {
  const trained = parts.filter(({ round }) => round.kind === 'train');
  const evaluated = parts.find(({ round }) => round.kind === 'evaluate');
  const rounds = trained.map(({ round, execution }) => ({
    round: round.number,
    before: accuracy(execution, 'rightBefore'),
    after: accuracy(execution, 'rightAfter'),
  }));
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
    accuracyBefore: rounds.find(({ before }) => before !== null)?.before ?? null,
    rounds,
    accuracyPersonalised: rounds.findLast(({ after }) => after !== null)?.after ?? null,
    accuracyFinalGlobal: evaluated ? accuracy(evaluated.execution, 'rightBefore') : null,
    bytesDown: sum(parts.map(({ execution }) => execution.receivedBytes ?? 0)),
    bytesUp: sum(parts.map(({ execution }) => bytesUp(execution))),
    state: last?.state ?? device.state,
    reason: last ? last.reason : device.reason,
  };
}

function accuracy(execution: Execution, which: 'rightBefore' | 'rightAfter'): number | null {
  const right = execution[which];
  return right === undefined || !execution.testItems ? null : right / execution.testItems;
}

/** A device counts up to the result that it sends; the delta, whose size that announces, comes after it. */
const bytesUp = ({ state, sentBytes = 0, upload }: Execution): number =>
  sentBytes + (state === 'stored' ? (upload?.bytes ?? 0) : 0);

const largest = (values: readonly number[]): number | null =>
  values.length > 0 ? Math.max(...values) : null;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
