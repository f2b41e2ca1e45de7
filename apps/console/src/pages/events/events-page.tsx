import { eventsTable } from '../../components/event/events-table';
import { ListPage, usePageRequest } from '../../components/list-page/list-page';
import { useEventsQuery } from '../../queries/use-events-query';
import { useSubjectNames } from '../../queries/use-subject-names';

const events = { title: 'Events', order: 'Newest first', empty: 'Nothing has happened yet.' };

export function EventsPage() {
  const query = useEventsQuery(usePageRequest());
  return <ListPage {...eventsTable(useSubjectNames())} {...events} query={query} />;
}
