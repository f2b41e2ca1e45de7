import type { CampaignDetails, Execution, ReportRow, Round } from '../../../api/types';
import { evaluationsTable, trainingsTable } from '../../../components/campaign/executions-table';
import { reportName } from '../../../components/campaign/report-entries';
import { DeviceLink } from '../../../components/device/device-link';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import type { Column } from '../../../components/table/column';
import { DataTable } from '../../../components/table/data-table';
import { sortRows } from '../../../components/table/sort-rows';
import { Link } from '../../../router/link';
import { useAddress } from '../../../router/location';
import { paths } from '../../../router/paths';
import styles from './campaign-page.module.css';

/** Rounds with a link of their own; older ones are reached by their address (`?round=3`). */
const LINKED = 12;

interface ExecutionsPanelProps {
  readonly query: QueryView<CampaignDetails>;
  /** Where the names of devices come from. */
  readonly report: readonly ReportRow[];
}

/** What every device did in one round; the address says which. */
export function ExecutionsPanel({ query, report }: ExecutionsPanelProps) {
  const wanted = Number(useAddress().search.get('round'));
  const names = new Map(report.map((row) => [row.deviceId, reportName(row)]));
  const nameOf = ({ deviceId }: Execution): string => names.get(deviceId) ?? deviceId;
  const device: Column<Execution> = {
    title: 'Device',
    cell: (execution) => <DeviceLink id={execution.deviceId} name={nameOf(execution)} />,
    sortBy: nameOf,
  };
  return (
    <Panel
      title="Executions"
      query={query}
      layout="flush"
      isEmpty={({ roundDetails }) => roundDetails.length === 0}
      empty="Executions appear with the first round."
    >
      {({ id, roundDetails, measure }) => {
        const round = roundDetails.find(({ number }) => number === wanted) ?? roundDetails.at(-1);
        return (
          <>
            <RoundLinks campaignId={id} rounds={roundDetails.slice(-LINKED)} current={round} />
            {round && (
              <DataTable
                key={round.id}
                {...tableOf(round)(device, measure)}
                rows={sortRows(round.executions, nameOf, 'ascending')}
              />
            )}
          </>
        );
      }}
    </Panel>
  );
}

const tableOf = ({ kind }: Round) => (kind === 'evaluate' ? evaluationsTable : trainingsTable);

interface RoundLinksProps {
  readonly campaignId: string;
  readonly rounds: readonly Round[];
  readonly current: Round | undefined;
}

function RoundLinks({ campaignId, rounds, current }: RoundLinksProps) {
  return (
    <nav className={styles.tabs} aria-label="Rounds">
      {rounds.map((round) => (
        <Link
          key={round.id}
          to={paths.campaign(campaignId, round.number)}
          aria-current={round.id === current?.id ? 'true' : undefined}
        >
          {round.kind === 'evaluate' ? 'Final evaluation' : `Round ${round.number}`}
        </Link>
      ))}
    </nav>
  );
}
