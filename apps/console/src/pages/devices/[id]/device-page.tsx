import { Columns } from '../../../components/detail/columns';
import { deviceName } from '../../../components/device/device-name';
import { isMissing, MissingPage } from '../../../components/shell/missing-page';
import { PageHead } from '../../../components/shell/page-head';
import { OnlineMark } from '../../../components/state/online-mark';
import { StateMark } from '../../../components/state/state-mark';
import { DEVICE_STATES, wordsOf } from '../../../components/state/states';
import { useDeviceQuery } from '../../../queries/use-device-query';
import { paths } from '../../../router/paths';
import { DeviceEventsPanel } from './device-events-panel';
import { DeviceTrainingPanel } from './device-training-panel';
import { MemoryMapPanel } from './memory-map-panel';
import { ProfilePanel } from './profile-panel';
import { ProgramPanel } from './program-panel';
import { useDeviceExecutions } from './use-device-executions';

const PARENT = { title: 'Devices', to: paths.devices() };

/** One device: what it is, what was built for it, how it uses its memory, what it learned. */
export function DevicePage({ id }: { readonly id: string }) {
  const device = useDeviceQuery(id);
  const executions = useDeviceExecutions(device.data);
  const { data } = device;
  if (isMissing(device)) return <MissingPage what="device" id={id} parent={PARENT} />;
  return (
    <>
      <PageHead title={data ? deviceName(data) : id} parent={PARENT}>
        {data && <StateMark state={wordsOf(DEVICE_STATES, data.state)} />}
        {data && <OnlineMark isOnline={data.isOnline} />}
        {data?.reason}
      </PageHead>
      <Columns first={5}>
        <ProfilePanel query={device} />
        <ProgramPanel query={device} executions={executions.data ?? []} />
      </Columns>
      <DeviceTrainingPanel query={executions} deviceId={id} />
      <MemoryMapPanel deviceId={id} />
      <DeviceEventsPanel deviceId={id} />
    </>
  );
}
