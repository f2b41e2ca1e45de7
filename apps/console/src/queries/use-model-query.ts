import { useQuery } from '@tanstack/react-query';

import type { ModelDetails } from '../api/types';
import { POLL, polled } from './polling';

/** Undefined id: nothing is asked. */
export const useModelQuery = (id: string | undefined) =>
  useQuery({ ...polled<ModelDetails>(`/models/${id ?? ''}`, POLL.steady), enabled: id !== undefined });
