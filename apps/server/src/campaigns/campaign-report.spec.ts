import { draftCampaign } from '#libs/fleet/campaign';
import { measureOf } from '#libs/model/session';

import type { Build } from '../builds/builds.repository';
import type { Device } from '../devices/devices.repository';
import type { CampaignDetails, RoundDetails } from './campaign-reader';
import { campaignReport } from './campaign-report';
import type { Execution } from './executions.repository';

const DAY = new Date(0);

const device = (id: string, changes: Partial<Device> = {}): Device => ({
  id,
  fleetId: 'f-1',
  tokenId: 't-1',
  uid: '00',
  nonce: '00',
  secretHash: '00',
  label: null,
  board: 'virtual-m4',
  core: 'cortex-m4',
  sramBytes: 65_536,
  flashBytes: 1_048_576,
  state: 'ready',
  reason: null,
  buildId: 'b-1',
  enrolledAt: DAY,
  lastHello: null,
  ...changes,
});

const build = { id: 'b-1', plannedPeakBytes: 50_000, elfPeakBytes: 48_000, schemeName: 'last' } as Build;

const execution = (deviceId: string, changes: Partial<Execution>): Execution => ({
  id: 1,
  roundId: 'r-1',
  deviceId,
  attempt: 1,
  state: 'stored',
  status: null,
  reason: null,
  phase: null,
  upload: null,
  createdAt: DAY,
  endedAt: DAY,
  ...changes,
});

const round = (number: number, kind: 'train' | 'evaluate', executions: Execution[]): RoundDetails => ({
  id: `r-${number}`,
  campaignId: 'c-1',
  number,
  kind,
  state: 'committed',
  reason: null,
  baseVersionId: 'v-1',
  resultVersionId: null,
  openedAt: DAY,
  deadlineAt: DAY,
  closedAt: DAY,
  result: null,
  executions,
});

const campaign = (roundDetails: RoundDetails[], measure = measureOf('classify', 1)): CampaignDetails => ({
  id: 'c-1',
  fleetId: 'f-1',
  baseVersionId: 'v-1',
  name: 'one',
  rounds: 2,
  passes: 1,
  learningRate: 0.01,
  schedule: 'constant',
  itemOrder: 'shuffled',
  stopBelowLoss: 0,
  stopPatience: 0,
  stopLeastFall: 0,
  publishing: 'every',
  measure,
  seed: 1,
  quorum: 1,
  roundDeadlineSeconds: 60,
  state: 'completed',
  reason: null,
  machine: draftCampaign({ rounds: 2, quorum: 1, roundDeadlineMs: 1, aggregationDeadlineMs: 1 }),
  version: 1,
  createdAt: DAY,
  startedAt: DAY,
  endedAt: DAY,
  roundDetails,
});

const report = (rounds: RoundDetails[], devices: Device[]) =>
  campaignReport(campaign(rounds), devices, new Map([['b-1', build]]));

describe('campaignReport', () => {
  it('takes before from the first round, personalised from the last, global from the evaluation', () => {
    const [row] = report(
      [
        round(1, 'train', [
          execution('d-1', { testItems: 10, rightBefore: 5, rightAfter: 8, receivedBytes: 7, sentBytes: 1 }),
        ]),
        round(2, 'train', [
          execution('d-1', {
            testItems: 10,
            rightBefore: 6,
            rightAfter: 9,
            peakSramBytes: 40_000,
            upload: { digest: '', bytes: 100 },
          }),
        ]),
        round(3, 'evaluate', [
          execution('d-1', { testItems: 10, rightBefore: 7, sentBytes: 2, peakSramBytes: 39_000 }),
        ]),
      ],
      [device('d-1')],
    );
    expect(row).toMatchObject({ accuracyBefore: 0.5, accuracyPersonalised: 0.9, accuracyFinalGlobal: 0.7 });
    expect(row).toMatchObject({ scoreBefore: 0.5, scorePersonalised: 0.9, scoreFinalGlobal: 0.7 });
    expect(row).toMatchObject({
      bytesDown: 7,
      bytesUp: 103,
      measuredPeakBytes: 40_000,
      plannedPeakBytes: 50_000,
    });
  });

  it('passes over a round that the device missed', () => {
    const [row] = report(
      [
        round(1, 'train', [execution('d-1', { testItems: 10, rightBefore: 5, rightAfter: 8 })]),
        round(2, 'train', [execution('d-1', { state: 'closed' })]),
      ],
      [device('d-1')],
    );
    expect(row).toMatchObject({ accuracyPersonalised: 0.8, accuracyFinalGlobal: null, state: 'closed' });
    expect(row?.rounds).toEqual([
      { round: 1, before: 0.5, after: 0.8 },
      { round: 2, before: null, after: null },
    ]);
  });

  it('has errors in real units, and no accuracy, of a model that tells no classes apart', () => {
    const rounds = [
      round(1, 'train', [execution('d-1', { testItems: 10, lossBefore: 64, lossAfter: 32 })]),
      round(2, 'evaluate', [execution('d-1', { testItems: 10, lossBefore: 16 })]),
    ];
    const [row] = campaignReport(
      campaign(rounds, measureOf('reconstruct', 0.5)),
      [device('d-1')],
      new Map([['b-1', build]]),
    );
    expect(row).toMatchObject({ scoreBefore: 1, scorePersonalised: 0.5, scoreFinalGlobal: 0.25 });
    expect(row?.rounds).toEqual([{ round: 1, before: 1, after: 0.5 }]);
    expect([row?.accuracyBefore, row?.accuracyPersonalised, row?.accuracyFinalGlobal]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('has a row for a device that could not take part, with the reason', () => {
    const refused = device('d-2', { state: 'refused', reason: 'needs more', buildId: null });
    expect(report([], [refused])).toMatchObject([
      {
        deviceId: 'd-2',
        state: 'refused',
        reason: 'needs more',
        accuracyBefore: null,
        plannedPeakBytes: null,
      },
    ]);
  });

  it('divides by no test set', () => {
    const [row] = report(
      [round(1, 'train', [execution('d-1', { testItems: 0, rightBefore: 0 })])],
      [device('d-1')],
    );
    expect(row?.accuracyBefore).toBeNull();
  });
});
