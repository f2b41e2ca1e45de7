import { eventsTable } from '../../components/event/events-table';
import { Panel } from '../../components/panel/panel';
import { DataTable } from '../../components/table/data-table';
import { useEventsQuery } from '../../queries/use-events-query';
import { useSubjectNames } from '../../queries/use-subject-names';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

const SHOWN = 6;

export function RecentEventsPanel() {
  const query = useEventsQuery({ skip: 0, take: SHOWN });
  const nameOf = useSubjectNames();
  return (
    <Panel
      title="Recent events"
      query={query}
      layout="flush"
      isEmpty={({ total }) => total === 0}
      empty="Nothing has happened yet."
      aside={<Link to={paths.events()}>all events</Link>}
    >
      {({ items }) => <DataTable {...eventsTable(nameOf)} rows={items} />}
    </Panel>
  );
}
