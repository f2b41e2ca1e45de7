import type { Campaign, Fleet } from '../../api/types';

const isUnderWay = ({ state }: Campaign): boolean => state === 'running' || state === 'evaluating';

/** The campaign that an operator looks at: the one under way, else the newest that was started, else the newest. */
export function currentCampaign(campaigns: readonly Campaign[], fleetId: string): Campaign | undefined {
  const own = campaigns.filter((campaign) => campaign.fleetId === fleetId);
  return own.find(isUnderWay) ?? own.find(({ startedAt }) => startedAt !== null) ?? own[0];
}

/** The fleet that is asked for, else one with a campaign under way, else the first. */
export function currentFleet(
  fleets: readonly Fleet[],
  campaigns: readonly Campaign[],
  wanted: string | null,
): Fleet | undefined {
  const busy = new Set(campaigns.filter(isUnderWay).map(({ fleetId }) => fleetId));
  return fleets.find(({ id }) => id === wanted) ?? fleets.find(({ id }) => busy.has(id)) ?? fleets[0];
}
