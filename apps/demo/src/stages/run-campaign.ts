import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignSettings } from '../api/fleetlearn-api';
import type { CampaignView, DeviceView } from '../api/types';
import { DemoError } from '../demo-error';
import { campaignNews } from '../news/campaign-news';
import type { World } from '../run';

const POLL_MS = 500;
/** The server evaluates versions beside the campaign; the last one may take a little longer. */
const EVALUATION_PATIENCE_MS = 60_000;

/** Enough for the fleet to learn clearly, and over in a few minutes with one device at the speed of an emulated board. */
const settingsFor = (participants: number): CampaignSettings => ({
  name: 'learn the households',
  rounds: 3,
  passes: 4,
  learningRate: 0.02,
  seed: 2026,
  quorum: Math.max(1, participants - 1),
  roundDeadlineSeconds: 900,
});

/** Runs a campaign on all devices that are ready, telling what happens, until it has ended. */
export async function runCampaign(
  world: World,
  fleetId: string,
  devices: readonly DeviceView[],
): Promise<CampaignView> {
  const settings = settingsFor(devices.filter(({ state }) => state === 'ready').length);
  const started = await world.api.startCampaign(fleetId, settings);
  const { rounds, passes, learningRate, quorum } = settings;
  world.progress.line(
    `campaign started: ${rounds} rounds of ${passes} passes, rate ${learningRate}, quorum ${quorum}`,
  );
  const campaign = await follow(world, started, labelsOf(devices));
  if (SUCCESSES.has(campaign.state)) return campaign;
  throw new DemoError(`The campaign is ${campaign.state}: ${campaign.reason ?? 'no reason given'}.`);
}

const SUCCESSES: ReadonlySet<string> = new Set(['completed', 'completedWithFailures']);
const ENDS: ReadonlySet<string> = new Set([...SUCCESSES, 'failed', 'aborted']);

function labelsOf(devices: readonly DeviceView[]): (id: string) => string {
  const labels = new Map(devices.map(({ id, label }) => [id, label]));
  return (id) => labels.get(id) ?? id;
}

/** Tells the news of a campaign until it has ended and its versions are evaluated. */
async function follow(
  { api, progress, signal }: World,
  started: CampaignView,
  labelOf: (id: string) => string,
): Promise<CampaignView> {
  let before: CampaignView | undefined;
  let waitedMs = 0;
  for (let campaign = started; ; campaign = await api.campaign(campaign.id)) {
    for (const line of campaignNews(before, campaign, labelOf)) progress.line(line);
    const hasEnded = ENDS.has(campaign.state);
    if (hasEnded && (isEvaluated(campaign) || waitedMs >= EVALUATION_PATIENCE_MS)) return campaign;
    if (hasEnded) waitedMs += POLL_MS;
    await sleep(POLL_MS, undefined, { signal });
    before = campaign;
  }
}

const isEvaluated = ({ rounds }: CampaignView): boolean =>
  rounds.every(({ result }) => !result || result.accuracy !== undefined);
