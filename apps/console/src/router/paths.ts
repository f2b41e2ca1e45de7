import { queryString } from '../api/get-json';

const segment = encodeURIComponent;

/** Every address of the console. */
export const paths = {
  overview: (fleetId?: string): string => `/${queryString({ fleet: fleetId })}`,
  devices: (): string => '/devices',
  device: (id: string, executionId?: number): string =>
    `/devices/${segment(id)}${queryString({ execution: executionId })}`,
  campaigns: (): string => '/campaigns',
  campaign: (id: string, round?: number): string => `/campaigns/${segment(id)}${queryString({ round })}`,
  models: (): string => '/models',
  newModel: (): string => '/models/new',
  model: (id: string): string => `/models/${segment(id)}`,
  events: (): string => '/events',
};

/** Files that the server gives to a plain link. */
export const downloads = {
  report: (campaignId: string): string => `/api/campaigns/${segment(campaignId)}/report`,
  versionFile: (versionId: string): string => `/api/model-versions/${segment(versionId)}/file`,
};
