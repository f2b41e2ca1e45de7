import type { AuditEvent } from '../../api/types';
import { eventsTable } from '../../components/event/events-table';
import { type ListDeclaration, ListPage, usePageRequest } from '../../components/list-page/list-page';
import { useEventsQuery } from '../../queries/use-events-query';

const events: ListDeclaration<AuditEvent> = {
  ...eventsTable,
  title: 'Events',
  order: 'Newest first',
  empty: 'Nothing has happened yet.',
};

export const EventsPage = () => <ListPage {...events} query={useEventsQuery(usePageRequest())} />;
