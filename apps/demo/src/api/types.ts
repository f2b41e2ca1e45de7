/** What the demo reads of the server's answers; apps/server/src/<feature>/<feature>.dto.ts says all of it. */
import type { JsonView } from './json-view';

export interface DeviceView {
  readonly id: string;
  readonly label: string;
  readonly board: string;
  readonly sramBytes: number;
  /** enrolled | ready | refused | failed */
  readonly state: string;
  /** Why it is refused or failed. */
  readonly reason: string | undefined;
  /** Runs the program that was built for it. */
  readonly isProgrammed: boolean;
  readonly build: BuildView | undefined;
}

export interface BuildView {
  readonly schemeName: string;
  readonly plannedPeakBytes: number;
  readonly elfPeakBytes: number;
}

export interface CampaignView {
  readonly id: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly rounds: readonly RoundView[];
}

export interface RoundView {
  readonly number: number;
  readonly kind: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly result: VersionView | undefined;
  readonly executions: readonly ExecutionView[];
}

export interface VersionView {
  readonly id: string;
  readonly number: number;
  /** On the server's evaluation set; undefined until it was evaluated. */
  readonly accuracy: number | undefined;
}

export interface ExecutionView {
  readonly deviceId: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly testItems: number | undefined;
  readonly rightBefore: number | undefined;
  readonly rightAfter: number | undefined;
  /** Mean on the test recordings, 1/65536 bit. */
  readonly lossBefore: number | undefined;
  readonly lossAfter: number | undefined;
}

export const deviceView = (json: JsonView): DeviceView => ({
  id: json.text('id'),
  label: json.textOr('label', json.text('id')),
  board: json.text('board'),
  sramBytes: json.number('sramBytes'),
  state: json.text('state'),
  reason: json.textOr('reason', undefined),
  isProgrammed: json.boolean('isProgrammed'),
  build: buildView(json.objectOr('build', undefined)),
});

const buildView = (json: JsonView | undefined): BuildView | undefined =>
  json && {
    schemeName: json.text('schemeName'),
    plannedPeakBytes: json.number('plannedPeakBytes'),
    elfPeakBytes: json.number('elfPeakBytes'),
  };

export const campaignView = (json: JsonView): CampaignView => ({
  id: json.text('id'),
  state: json.text('state'),
  reason: json.textOr('reason', undefined),
  rounds: json.list('roundDetails').map(roundView),
});

const roundView = (json: JsonView): RoundView => ({
  number: json.number('number'),
  kind: json.text('kind'),
  state: json.text('state'),
  reason: json.textOr('reason', undefined),
  result: versionView(json.objectOr('result', undefined)),
  executions: json.list('executions').map(executionView),
});

export const versionView = (json: JsonView | undefined): VersionView | undefined =>
  json && {
    id: json.text('id'),
    number: json.number('number'),
    accuracy: json.numberOr('accuracy', undefined),
  };

const executionView = (json: JsonView): ExecutionView => ({
  deviceId: json.text('deviceId'),
  state: json.text('state'),
  reason: json.textOr('reason', undefined),
  testItems: json.numberOr('testItems', undefined),
  rightBefore: json.numberOr('rightBefore', undefined),
  rightAfter: json.numberOr('rightAfter', undefined),
  lossBefore: json.numberOr('lossBefore', undefined),
  lossAfter: json.numberOr('lossAfter', undefined),
});
