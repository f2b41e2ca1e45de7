import type { Device, Fleet, Model } from '../../api/types';
import { segmentsOf } from '../../charts/status-bar/segments';
import { StatusBar } from '../../charts/status-bar/status-bar';
import { DEVICE_STATES, wordsOf } from '../../components/state/states';
import type { TableDeclaration } from '../../components/table/column';
import { grouped, NOTHING } from '../../format/numbers';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

interface FleetsTableProps {
  /** Undefined: not known yet. */
  readonly devices: readonly Device[] | undefined;
  readonly models: readonly Model[];
  readonly isCurrent: (fleet: Fleet) => boolean;
}

export const fleetsTable = ({ devices, models, isCurrent }: FleetsTableProps): TableDeclaration<Fleet> => ({
  label: 'Fleets',
  rowKey: ({ id }) => id,
  isCurrent,
  columns: [
    { title: 'Fleet', cell: ({ id, name }) => <Link to={paths.overview(id)}>{name}</Link> },
    {
      title: 'Model',
      needs: 'medium',
      cell: ({ modelId }) => <ModelLink modelId={modelId} models={models} />,
    },
    { title: 'Devices', align: 'right', cell: (fleet) => grouped(fleet.devices) },
    {
      title: 'Online',
      align: 'right',
      cell: ({ id }) => onlineWords(devices?.filter(({ fleetId }) => fleetId === id)),
    },
    {
      title: 'By state',
      cell: ({ id }) => (
        <StatusBar
          segments={segmentsOf(
            (devices ?? [])
              .filter(({ fleetId }) => fleetId === id)
              .map(({ state }) => wordsOf(DEVICE_STATES, state)),
          )}
        />
      ),
    },
  ],
});

function ModelLink({
  modelId,
  models,
}: {
  readonly modelId: string | null;
  readonly models: readonly Model[];
}) {
  if (modelId === null) return 'none assigned';
  return <Link to={paths.model(modelId)}>{models.find(({ id }) => id === modelId)?.name ?? modelId}</Link>;
}

const onlineWords = (devices: readonly Device[] | undefined): string =>
  devices ? grouped(devices.filter(({ isOnline }) => isOnline).length) : NOTHING;
