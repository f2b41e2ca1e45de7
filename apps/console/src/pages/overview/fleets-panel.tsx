import type { Device, Fleet } from '../../api/types';
import { Panel } from '../../components/panel/panel';
import type { QueryView } from '../../components/panel/query-view';
import { DataTable } from '../../components/table/data-table';
import { counted } from '../../format/numbers';
import { useDevicesQuery } from '../../queries/use-devices-query';
import { useModelsQuery } from '../../queries/use-models-query';
import { fleetsTable } from './fleets-table';

/** As many as the server gives at once: states are counted here. */
const COUNTED = 500;

interface FleetsPanelProps {
  readonly query: QueryView<readonly Fleet[]>;
  readonly current: Fleet | undefined;
}

export function FleetsPanel({ query, current }: FleetsPanelProps) {
  const devices = useDevicesQuery({ skip: 0, take: COUNTED }).data;
  const models = useModelsQuery().data ?? [];
  return (
    <Panel
      title="Fleets"
      query={query}
      layout="flush"
      isEmpty={(fleets) => fleets.length === 0}
      empty={
        <>
          There is no fleet yet. <code>npm run demo</code> makes one with virtual devices;{' '}
          <a href="/api/docs">the API</a> makes your own.
        </>
      }
      aside={devices && note(devices.items, devices.total)}
    >
      {(fleets) => (
        <DataTable
          {...fleetsTable({ devices: devices?.items, models, isCurrent: ({ id }) => id === current?.id })}
          rows={fleets}
        />
      )}
    </Panel>
  );
}

const note = (items: readonly Device[], total: number): string | undefined =>
  items.length < total ? `states of the first ${counted(items.length, 'device')} of ${total}` : undefined;
