import type { AuditEvent } from '../../api/types';
import type { SubjectNames } from '../../queries/use-subject-names';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';
import type { TableDeclaration } from '../table/column';
import { TimeAgo } from '../time/time-ago';
import { subjectKind } from './event-subject';
import styles from './events-table.module.css';

export const eventsTable = (nameOf: SubjectNames): TableDeclaration<AuditEvent> => ({
  label: 'Events',
  rowKey: ({ id }) => String(id),
  columns: [
    { title: 'When', cell: ({ lastAt }) => <TimeAgo at={lastAt} /> },
    { title: 'What', cell: (event) => <What event={event} /> },
    { title: 'About', cell: ({ subject }) => <Subject id={subject} name={nameOf(subject)} /> },
  ],
});

function What({ event: { code, message, count } }: { readonly event: AuditEvent }) {
  return (
    <>
      <code className={styles.code}>{code}</code>
      {count > 1 && <span title="times within the minute"> ×{count}</span>}
      <div className={styles.message}>{message}</div>
    </>
  );
}

const ADDRESSES = {
  device: paths.device,
  campaign: paths.campaign,
  model: paths.model,
  fleet: paths.overview,
};

function Subject({ id, name }: { readonly id: string; readonly name: string }) {
  const kind = subjectKind(id);
  return (
    <span className={styles.subject} title={id}>
      {kind ? <Link to={ADDRESSES[kind](id)}>{name}</Link> : name}
    </span>
  );
}
