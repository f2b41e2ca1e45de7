import { useQuery } from '@tanstack/react-query';

import type { CampaignDetails } from '../api/types';
import { POLL, polled } from './polling';

/** Undefined id: nothing is asked. */
export const useCampaignQuery = (id: string | undefined) =>
  useQuery({ ...polled<CampaignDetails>(`/campaigns/${id ?? ''}`, POLL.live), enabled: id !== undefined });
