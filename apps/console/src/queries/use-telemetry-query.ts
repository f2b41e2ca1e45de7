import { useQuery } from '@tanstack/react-query';

import { queryString } from '../api/get-json';
import type { Page, Telemetry } from '../api/types';
import { POLL, polled } from './polling';

/** As many as the server gives at once; an execution of a device makes some tens. */
const TAKE = 500;

/** Of one execution, oldest first. */
export const useTelemetryQuery = (executionId: number) =>
  useQuery(polled<Page<Telemetry>>(`/telemetry${queryString({ executionId, take: TAKE })}`, POLL.live));
