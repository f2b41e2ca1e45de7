import type { ModelDetails } from '../../api/types';
import { versionsTable } from '../../components/version/versions-table';
import { Panel } from '../../components/panel/panel';
import { DataTable } from '../../components/table/data-table';
import { useModelQuery } from '../../queries/use-model-query';
import { useVersionOrigins } from '../../queries/use-version-origins';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

/** Versions here; the model's page has all. */
const SHOWN = 8;

/** The newest versions of the fleet's model. */
export function FleetModelPanel({ modelId }: { readonly modelId: string | null }) {
  const query = useModelQuery(modelId ?? undefined);
  const origins = useVersionOrigins();
  const none = modelId === null ? { ...query, isPending: false, data: NO_MODEL } : query;
  return (
    <Panel
      title="Model versions"
      query={none}
      layout="flush"
      isEmpty={({ versions }) => versions.length === 0}
      empty="The fleet has no model yet. PUT /api/fleets/:id/model assigns one; /api/docs says how."
      aside={({ id, name }) => id !== '' && <Link to={paths.model(id)}>{name}</Link>}
    >
      {({ name, measure, versions }) => (
        <DataTable
          {...versionsTable({ modelName: name, measure, versions, origins })}
          rows={versions.toReversed().slice(0, SHOWN)}
        />
      )}
    </Panel>
  );
}

const NO_MODEL: Pick<ModelDetails, 'id' | 'name' | 'measure' | 'versions'> = {
  id: '',
  name: '',
  measure: {
    name: 'accuracy',
    unit: 'fraction',
    better: 'higher',
    loss: { name: 'crossEntropy', unit: 'bit', perUnit: 1 / 65_536 },
  },
  versions: [],
};
