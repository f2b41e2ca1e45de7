import { useQuery } from '@tanstack/react-query';

import { queryString } from '../api/get-json';
import type { Device, Page, PageRequest } from '../api/types';
import { POLL, polled } from './polling';

interface DevicesRequest extends PageRequest {
  /** Only the devices of this fleet. */
  readonly fleet?: string;
}

export const useDevicesQuery = (request: DevicesRequest) =>
  useQuery(polled<Page<Device>>(`/devices${queryString({ ...request })}`, POLL.steady));
