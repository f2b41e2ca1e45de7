import { useQuery } from '@tanstack/react-query';

import type { Device } from '../api/types';
import { POLL, polled } from './polling';

export const useDeviceQuery = (id: string) => useQuery(polled<Device>(`/devices/${id}`, POLL.steady));
