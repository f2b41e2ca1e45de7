import type { CampaignView, DeviceView, ExecutionView, RoundView } from '../api/types';
import { campaignNews } from './campaign-news';
import { deviceNews } from './device-news';

const scots: DeviceView = {
  id: 'd1',
  label: 'scots',
  board: 'virtual-m4',
  sramBytes: 65_536,
  state: 'enrolled',
  reason: undefined,
  isProgrammed: false,
  build: undefined,
};
const build = { schemeName: 'sparse-b4', plannedPeakBytes: 57_344, elfPeakBytes: 56_320 };

describe('news of devices', () => {
  it('tells of enrolment, the chosen scheme and the program, each once', () => {
    const ready: DeviceView = { ...scots, state: 'ready', build };
    expect(deviceNews([], [scots])).toEqual(['scots: enrolled (virtual-m4, 64 KB of SRAM)']);
    expect(deviceNews([scots], [ready])).toEqual([
      'scots: trains sparse-b4; peak 56.0 KB planned, 55.0 KB built',
    ]);
    expect(deviceNews([ready], [{ ...ready, isProgrammed: true }])).toEqual([
      'scots: runs the program built for it',
    ]);
    expect(deviceNews([ready], [ready])).toEqual([]);
  });

  it('gives the reason of a refusal', () => {
    expect(deviceNews([scots], [{ ...scots, state: 'refused', reason: 'too small' }])).toEqual([
      'scots: refused: too small',
    ]);
  });
});

const open: ExecutionView = {
  deviceId: 'd1',
  state: 'open',
  reason: undefined,
  testItems: undefined,
  rightBefore: undefined,
  rightAfter: undefined,
  lossBefore: undefined,
  lossAfter: undefined,
};
const stored: ExecutionView = {
  ...open,
  state: 'stored',
  testItems: 100,
  rightBefore: 78,
  rightAfter: 99,
  lossBefore: 98_304,
  lossAfter: 6_554,
};
const roundOf = (more: Partial<RoundView>): RoundView => ({
  number: 1,
  kind: 'train',
  state: 'open',
  reason: undefined,
  result: undefined,
  executions: [open],
  ...more,
});
const campaignOf = (...rounds: readonly RoundView[]): CampaignView => ({
  id: 'c',
  state: 'running',
  reason: undefined,
  rounds,
});
const labelOf = (): string => 'scots';

describe('news of a campaign', () => {
  it('tells of a round, its devices, the version it made and how good that is', () => {
    const looks = [
      campaignOf(roundOf({})),
      campaignOf(roundOf({ executions: [stored] })),
      campaignOf(roundOf({ executions: [stored], result: { id: 'v', number: 2, accuracy: undefined } })),
      campaignOf(roundOf({ executions: [stored], result: { id: 'v', number: 2, accuracy: 0.75 } })),
    ];
    const news = looks.map((now, index) => campaignNews(looks[index - 1], now, labelOf));
    expect(news).toEqual([
      ['round 1: started with 1 devices'],
      ['round 1: scots trained: 78.0 % -> 99.0 % right, loss 1.50 bit -> 0.10 bit'],
      ['round 1: model version 2 written'],
      ['round 1: version 2 is right on 75.0 % of the evaluation set'],
    ]);
  });

  it('tells of the final evaluation, and of what went wrong', () => {
    const evaluated = { ...stored, state: 'evaluated', rightAfter: undefined };
    const failed = { ...open, state: 'failed', reason: 'diverged' };
    const final = roundOf({ number: 2, kind: 'evaluate', executions: [evaluated] });
    expect(campaignNews(undefined, campaignOf(final), labelOf)[1]).toBe(
      'final evaluation: scots has 78.0 % right, loss 1.50 bit',
    );
    const lost = roundOf({ state: 'abandoned', reason: 'no quorum', executions: [failed] });
    expect(campaignNews(campaignOf(roundOf({})), campaignOf(lost), labelOf)).toEqual([
      'round 1: scots failed: diverged',
      'round 1: abandoned, no quorum',
    ]);
  });
});
