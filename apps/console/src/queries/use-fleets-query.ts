import { useQuery } from '@tanstack/react-query';

import type { Fleet } from '../api/types';
import { POLL, polled } from './polling';

export const useFleetsQuery = () => useQuery(polled<readonly Fleet[]>('/fleets', POLL.steady));
