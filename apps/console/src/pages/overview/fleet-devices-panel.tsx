import type { Device, ReportRow } from '../../api/types';
import { devicesTable } from '../../components/device/device-columns';
import { peakColumns } from '../../components/device/peak-columns';
import { PeakLegend } from '../../components/device/peak-legend';
import { peaksOf } from '../../components/device/peaks';
import { Panel } from '../../components/panel/panel';
import { DataTable } from '../../components/table/data-table';
import { useDevicesQuery } from '../../queries/use-devices-query';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

/** Rows here; the list of devices has all, page by page. */
const SHOWN = 25;

interface FleetDevicesPanelProps {
  readonly fleetId: string;
  /** Of the fleet's campaign: what the devices measured. */
  readonly report: readonly ReportRow[];
}

export function FleetDevicesPanel({ fleetId, report }: FleetDevicesPanelProps) {
  const query = useDevicesQuery({ fleet: fleetId, skip: 0, take: SHOWN });
  const measured = new Map(report.map(({ deviceId, measuredPeakBytes }) => [deviceId, measuredPeakBytes]));
  const peaks = peakColumns<Device>((device) => peaksOf(device, measured.get(device.id) ?? null));
  return (
    <Panel
      title="Devices"
      query={query}
      layout="flush"
      isEmpty={({ total }) => total === 0}
      empty="No device has enrolled yet. A device needs an enrolment token of this fleet."
      aside={({ items, total }) => (
        <>
          <PeakLegend />
          {items.length < total && <Link to={paths.devices()}>all {total}</Link>}
        </>
      )}
    >
      {({ items }) => <DataTable {...devicesTable(peaks)} rows={items} />}
    </Panel>
  );
}
