import { eventsTable } from '../../../components/event/events-table';
import { Panel } from '../../../components/panel/panel';
import { DataTable } from '../../../components/table/data-table';
import { useEventsQuery } from '../../../queries/use-events-query';

const SHOWN = 20;

/** All of them are about this device. */
const all = eventsTable((id) => id);
const table = { ...all, columns: all.columns.filter(({ title }) => title !== 'About') };

export function DeviceEventsPanel({ deviceId }: { readonly deviceId: string }) {
  const query = useEventsQuery({ subject: deviceId, skip: 0, take: SHOWN });
  return (
    <Panel
      title="Events"
      query={query}
      layout="flush"
      isEmpty={({ total }) => total === 0}
      empty="Nothing was recorded about this device."
      aside={({ items, total }) => items.length < total && `newest ${items.length} of ${total}`}
    >
      {({ items }) => <DataTable {...table} rows={items} />}
    </Panel>
  );
}
