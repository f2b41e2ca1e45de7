import { useQueries } from '@tanstack/react-query';

import type { CampaignDetails } from '../api/types';
import { type Origins, originsOf } from '../components/version/origin';
import { POLL, polled } from './polling';
import { useCampaignsQuery } from './use-campaigns-query';

/** Older campaigns are not asked for. */
const MAX_CAMPAIGNS = 10;

/** Which round of the newest campaigns made which version. */
export function useVersionOrigins(): Origins {
  const newest = (useCampaignsQuery().data ?? []).filter(({ committedRounds }) => committedRounds > 0);
  return useQueries({
    queries: newest
      .slice(0, MAX_CAMPAIGNS)
      .map(({ id }) => polled<CampaignDetails>(`/campaigns/${id}`, POLL.calm)),
    combine: (results) => originsOf(results.flatMap(({ data }) => data ?? [])),
  });
}
