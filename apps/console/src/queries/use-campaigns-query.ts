import { useQuery } from '@tanstack/react-query';

import type { Campaign } from '../api/types';
import { POLL, polled } from './polling';

/** Newest first. */
export const useCampaignsQuery = () => useQuery(polled<readonly Campaign[]>('/campaigns', POLL.steady));
