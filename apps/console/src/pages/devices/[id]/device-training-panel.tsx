import type { Execution } from '../../../api/types';
import { trainingsTable } from '../../../components/campaign/executions-table';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import type { Column } from '../../../components/table/column';
import { DataTable } from '../../../components/table/data-table';
import { Link } from '../../../router/link';
import { useAddress } from '../../../router/location';
import { paths } from '../../../router/paths';
import { ExecutionCourse } from './execution-course';
import type { DeviceExecution } from './use-device-executions';

interface DeviceTrainingPanelProps {
  readonly query: QueryView<readonly DeviceExecution[]>;
  readonly deviceId: string;
}

/** What the device did, round by round, and the course of the chosen one (`?execution=12`), else of the last training. */
export function DeviceTrainingPanel({ query, deviceId }: DeviceTrainingPanelProps) {
  const wanted = Number(useAddress().search.get('execution'));
  return (
    <Panel
      title="Training on the device"
      query={query}
      layout="flush"
      isEmpty={(executions) => executions.length === 0}
      empty="The device has taken part in no campaign."
      aside={([newest]) =>
        newest && <Link to={paths.campaign(newest.campaignId)}>{newest.campaignName}</Link>
      }
    >
      {(executions) => {
        const [newest] = executions;
        const current = executions.find(({ id }) => id === wanted) ?? mostTelling(executions);
        return (
          <>
            {current && <ExecutionCourse execution={current} />}
            {newest && (
              <DataTable
                {...trainingsTable(roundColumn(executions, deviceId), newest.measure)}
                isCurrent={({ id }) => id === current?.id}
                rows={executions}
              />
            )}
          </>
        );
      }}
    </Panel>
  );
}

/** The last one with training in it, else the last. */
const mostTelling = (executions: readonly DeviceExecution[]): DeviceExecution | undefined =>
  executions.find(({ round, phase, passLosses }) => round.kind === 'train' && (phase ?? passLosses)) ??
  executions[0];

const roundColumn = (executions: readonly DeviceExecution[], deviceId: string): Column<Execution> => ({
  title: 'Round',
  cell: ({ id }) => <RoundLink execution={roundOf(executions, id)} deviceId={deviceId} />,
});

const roundOf = (executions: readonly DeviceExecution[], id: number): DeviceExecution | undefined =>
  executions.find((execution) => execution.id === id);

interface RoundLinkProps {
  readonly execution: DeviceExecution | undefined;
  readonly deviceId: string;
}

function RoundLink({ execution, deviceId }: RoundLinkProps) {
  if (!execution) return null;
  const { id, round } = execution;
  return (
    <Link to={paths.device(deviceId, id)}>
      {round.kind === 'evaluate' ? 'final evaluation' : round.number}
    </Link>
  );
}
