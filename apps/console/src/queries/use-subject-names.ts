import { deviceName } from '../components/device/device-name';
import { useCampaignsQuery } from './use-campaigns-query';
import { useDevicesQuery } from './use-devices-query';
import { useFleetsQuery } from './use-fleets-query';
import { useModelsQuery } from './use-models-query';

/** What people call a device, campaign, model or fleet; its id where no name is known. */
export type SubjectNames = (id: string) => string;

/** As many devices as the server gives at once; others are called by their ids. */
const NAMED_DEVICES = 500;

export function useSubjectNames(): SubjectNames {
  const devices = useDevicesQuery({ skip: 0, take: NAMED_DEVICES }).data?.items ?? [];
  const campaigns = useCampaignsQuery().data ?? [];
  const models = useModelsQuery().data ?? [];
  const fleets = useFleetsQuery().data ?? [];
  const names = new Map([
    ...devices.map((device) => [device.id, deviceName(device)] as const),
    ...[...campaigns, ...models, ...fleets].map(({ id, name }) => [id, name] as const),
  ]);
  return (id) => names.get(id) ?? id;
}
