import type { Execution } from '../../api/types';
import { StateMark } from '../state/state-mark';
import { executionState } from '../state/states';
import styles from './execution-cells.module.css';

const ENDS: Readonly<Record<NonNullable<Execution['sessionEnd']>, string | undefined>> = {
  passes: undefined,
  lowLoss: 'ended early: low loss',
  noProgress: 'ended early: no progress',
  guard: undefined, // the code says it
};

/** The state of an execution, and why it went wrong. */
export function ExecutionStateCell({ execution }: { readonly execution: Execution }) {
  const { status, reason, guardRestarts = 0 } = execution;
  const isTrouble = status !== null && status < 0;
  const notes = [
    reason,
    isTrouble && `code ${status}`,
    guardRestarts > 0 && `loss guard restarted ${guardRestarts}×`,
    execution.sessionEnd && ENDS[execution.sessionEnd],
  ].filter(Boolean);
  return (
    <>
      <StateMark state={executionState(execution)} />
      {notes.length > 0 && <div className={styles.note}>{notes.join(', ')}</div>}
    </>
  );
}
