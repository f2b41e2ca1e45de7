import { useQuery } from '@tanstack/react-query';

import type { Model } from '../api/types';
import { POLL, polled } from './polling';

export const useModelsQuery = () => useQuery(polled<readonly Model[]>('/models', POLL.calm));
