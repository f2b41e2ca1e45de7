import { useQuery } from '@tanstack/react-query';

import type { Health } from '../api/types';
import { POLL, polled } from './polling';

export const useHealthQuery = () => useQuery(polled<Health>('/health', POLL.steady));
