import type { Device } from '../../api/types';
import { NOTHING } from '../../format/numbers';
import { OnlineMark } from '../state/online-mark';
import { StateMark } from '../state/state-mark';
import { DEVICE_STATES, wordsOf } from '../state/states';
import type { Column, TableDeclaration } from '../table/column';
import { TimeAgo } from '../time/time-ago';
import { DeviceLink } from './device-link';
import { deviceName } from './device-name';
import styles from './device-columns.module.css';

/** The table of devices, wherever it stands; `peaks`: its columns about memory. */
export const devicesTable = (peaks: readonly Column<Device>[]): TableDeclaration<Device> => ({
  label: 'Devices',
  rowKey: ({ id }) => id,
  columns: [
    { title: 'Device', cell: (device) => <DeviceLink id={device.id} name={deviceName(device)} /> },
    { title: 'Board', needs: 'wide', cell: ({ board }) => board },
    ...peaks,
    {
      title: 'Scheme',
      help: 'what the device trains of the model',
      needs: 'wide',
      cell: ({ build }) => build?.schemeName ?? NOTHING,
    },
    { title: 'State', cell: (device) => <DeviceStateCell device={device} /> },
    { title: 'Link', cell: ({ isOnline }) => <OnlineMark isOnline={isOnline} /> },
    {
      title: 'Last seen',
      align: 'right',
      needs: 'medium',
      cell: ({ lastSeenAt }) => (lastSeenAt ? <TimeAgo at={lastSeenAt} /> : 'never'),
    },
  ],
});

function DeviceStateCell({ device: { state, reason } }: { readonly device: Device }) {
  return (
    <>
      <StateMark state={wordsOf(DEVICE_STATES, state)} />
      {reason !== null && <div className={styles.reason}>{reason}</div>}
    </>
  );
}
