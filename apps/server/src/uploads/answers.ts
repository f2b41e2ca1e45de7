import { type Ack, codeSentence, type ExecutionId, executionId, Status } from '#libs/fleet/protocol';

import type { Execution } from '../campaigns/executions.repository';
import { cutText } from '../orders/cut-text';

/** Which execution an answer is about. */
export interface About {
  readonly execution: ExecutionId;
  readonly attempt: number;
}

export const aboutOf = ({ id, attempt }: Execution): About => ({ execution: executionId(id), attempt });

/** The server has this much of the delta: send from there. */
export const goOn = ({ execution, attempt }: About, haveBytes: number): Ack => ({
  execution,
  attempt,
  status: Status.ok,
  haveBytes,
});

/** The execution is over. */
export const over = ({ execution, attempt }: About, status: number, text?: string): Ack => ({
  execution,
  attempt,
  status,
  haveBytes: 0,
  ...(status < 0 && { text: cutText(text ?? codeSentence(status)) }),
});

/** How an execution that is over was answered, and is answered again. */
export function asBefore(execution: Execution): Ack {
  const about = aboutOf(execution);
  if (execution.state === 'closed') return over(about, Status.closed);
  if (execution.state === 'refused')
    return over(about, execution.status ?? Status.malformed, execution.reason ?? undefined);
  return over(about, Status.stored);
}
