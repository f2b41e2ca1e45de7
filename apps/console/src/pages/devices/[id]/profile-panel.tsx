import type { Device } from '../../../api/types';
import { CopyText } from '../../../components/copy/copy-text';
import { type Fact, Facts } from '../../../components/detail/facts';
import { FleetLink } from '../../../components/fleet/fleet-link';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import { DateTime } from '../../../components/time/date-time';
import { TimeAgo } from '../../../components/time/time-ago';
import { grouped, kilobytes, orNothing } from '../../../format/numbers';

export function ProfilePanel({ query }: { readonly query: QueryView<Device> }) {
  return (
    <Panel title="Profile" query={query}>
      {(device) => <Facts facts={factsOf(device)} />}
    </Panel>
  );
}

const factsOf = (device: Device): readonly Fact[] => [
  { name: 'Board', value: device.board },
  { name: 'Core', value: device.core },
  { name: 'SRAM budget', value: `${kilobytes(device.sramBytes)} KB` },
  { name: 'Flash budget', value: `${kilobytes(device.flashBytes)} KB` },
  { name: 'Last seen', value: device.lastSeenAt ? <TimeAgo at={device.lastSeenAt} /> : 'never' },
  { name: 'Starts counted', value: orNothing(device.boots, grouped) },
  { name: 'Enrolled', value: <DateTime at={device.enrolledAt} /> },
  { name: 'Fleet', value: <FleetLink id={device.fleetId} /> },
  { name: 'Hardware id', value: <CopyText value={device.uid} what="hardware id" /> },
  { name: 'Id', value: <CopyText value={device.id} what="id" /> },
];
