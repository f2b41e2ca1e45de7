import type { Device } from '../../api/types';
import { devicesTable } from '../../components/device/device-columns';
import { builtPeakColumns } from '../../components/device/peak-columns';
import { peaksOf } from '../../components/device/peaks';
import { type ListDeclaration, ListPage, usePageRequest } from '../../components/list-page/list-page';
import { useDevicesQuery } from '../../queries/use-devices-query';

const devices: ListDeclaration<Device> = {
  ...devicesTable(builtPeakColumns((device) => peaksOf(device, null))),
  title: 'Devices',
  order: 'In order of enrolment',
  empty: 'No device has enrolled yet. A device needs an enrolment token of a fleet.',
};

export const DevicesPage = () => <ListPage {...devices} query={useDevicesQuery(usePageRequest())} />;
