import { useQuery } from '@tanstack/react-query';

import { queryString } from '../api/get-json';
import type { AuditEvent, Page, PageRequest } from '../api/types';
import { POLL, polled } from './polling';

interface EventsRequest extends PageRequest {
  readonly subject?: string;
}

/** Newest first. */
export const useEventsQuery = (request: EventsRequest) =>
  useQuery(polled<Page<AuditEvent>>(`/events${queryString({ ...request })}`, POLL.steady));
