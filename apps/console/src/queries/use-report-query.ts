import { useQuery } from '@tanstack/react-query';

import type { ReportRow } from '../api/types';
import { POLL, polled } from './polling';

/** Undefined id: nothing is asked. */
export const useReportQuery = (campaignId: string | undefined) =>
  useQuery({
    ...polled<readonly ReportRow[]>(`/campaigns/${campaignId ?? ''}/report`, POLL.steady),
    enabled: campaignId !== undefined,
  });
