import type { Execution } from '../../api/types';
import { StateMark } from '../state/state-mark';
import { executionState } from '../state/states';
import styles from './execution-cells.module.css';

/** The state of an execution, and why it went wrong. */
export function ExecutionStateCell({ execution }: { readonly execution: Execution }) {
  const { status, reason, guardRestarts = 0 } = execution;
  const isTrouble = status !== null && status < 0;
  const notes = [
    reason,
    isTrouble && `code ${status}`,
    guardRestarts > 0 && `loss guard restarted ${guardRestarts}×`,
  ].filter(Boolean);
  return (
    <>
      <StateMark state={executionState(execution)} />
      {notes.length > 0 && <div className={styles.note}>{notes.join(', ')}</div>}
    </>
  );
}
