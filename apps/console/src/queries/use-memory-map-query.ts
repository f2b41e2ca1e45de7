import { useQuery } from '@tanstack/react-query';

import { type MemoryMap, readMemoryMap } from '../api/memory-map';
import { POLL, polled } from './polling';

/** Null: there is a plan, but not one that this console can draw. */
export const useMemoryMapQuery = (deviceId: string) =>
  useQuery({
    ...polled<unknown>(`/devices/${deviceId}/memory-map`, POLL.calm),
    select: (plan): MemoryMap | null => readMemoryMap(plan) ?? null,
  });
