import type { CampaignDetails } from '../../../api/types';
import { CopyText } from '../../../components/copy/copy-text';
import { type Fact, Facts } from '../../../components/detail/facts';
import { FleetLink } from '../../../components/fleet/fleet-link';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import { DateTime } from '../../../components/time/date-time';
import { lossWords } from '../../../format/measure';
import { grouped, NOTHING } from '../../../format/numbers';
import { duration } from '../../../format/time';

/** What the campaign was told to do. */
export function SettingsPanel({ query }: { readonly query: QueryView<CampaignDetails> }) {
  return (
    <Panel title="Settings" query={query}>
      {(campaign) => <Facts facts={factsOf(campaign)} />}
    </Panel>
  );
}

const SCHEDULES: Readonly<Record<CampaignDetails['schedule'], string>> = {
  constant: 'warm-up, then constant',
  cosine: 'warm-up, then falling as a cosine',
};

const ORDERS: Readonly<Record<CampaignDetails['itemOrder'], string>> = {
  shuffled: 'every item once',
  balanced: 'every class as often as any other',
};

const PUBLISHINGS: Readonly<Record<CampaignDetails['publishing'], string>> = {
  every: 'every one',
  better: 'better ones: on the evaluation set, else on the devices',
};

function stopText({ stopBelowLoss, stopPatience, stopLeastFall, measure }: CampaignDetails): string {
  const { format, unit } = lossWords(measure.loss);
  const rules = [
    stopBelowLoss > 0 && `below ${format(stopBelowLoss)} ${unit}`,
    stopPatience > 0 &&
      `after ${grouped(stopPatience)} passes without a fall of ${format(stopLeastFall)} ${unit}`,
  ].filter(Boolean);
  return rules.length > 0 ? rules.join(', or ') : 'never';
}

const factsOf = (campaign: CampaignDetails): readonly Fact[] => [
  { name: 'Fleet', value: <FleetLink id={campaign.fleetId} /> },
  { name: 'Devices that take part', value: grouped(campaign.participants.length) },
  { name: 'Training rounds', value: grouped(campaign.rounds) },
  { name: 'Quorum of a round', value: `${grouped(campaign.quorum)} deltas` },
  { name: 'Deadline of a round', value: duration(campaign.roundDeadlineSeconds * 1000) },
  { name: 'Passes over the items', value: grouped(campaign.passes) },
  { name: 'Learning rate', value: `${campaign.learningRate}, ${SCHEDULES[campaign.schedule]}` },
  { name: 'A pass meets', value: ORDERS[campaign.itemOrder] },
  { name: 'A session ends early', value: stopText(campaign) },
  { name: 'Versions that are published', value: PUBLISHINGS[campaign.publishing] },
  { name: 'Seed', value: String(campaign.seed) },
  { name: 'Trained from version', value: <CopyText value={campaign.baseVersionId} what="version id" /> },
  { name: 'Started', value: <Time at={campaign.startedAt} /> },
  { name: 'Ended', value: <Time at={campaign.endedAt} /> },
  { name: 'Id', value: <CopyText value={campaign.id} what="id" /> },
];

const Time = ({ at }: { readonly at: string | null }) => (at === null ? NOTHING : <DateTime at={at} />);
