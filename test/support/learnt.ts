/** A training session of a harness on the reference and on an engine, told in the same words. */
import { toHex } from '#libs/base/bytes';
import { at, invariant } from '#libs/base/result';
import type { TrainJob, TrainResult } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { createSession } from '#libs/model/reference';

/** Everything that a session leaves behind; bytes as hexadecimal digits. */
export interface Learnt {
  /** Output: the logits, or the int8 output of a model without classes. */
  readonly steps: readonly { readonly loss: number; readonly output: string }[];
  readonly state: string;
  readonly delta: string;
}

const bytesOf = (values: Int32Array | Int8Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** What the reference says to a job: what every engine must say. */
export function learntByReference(graph: Graph, { inputs, steps, seed, rates }: TrainJob): Learnt {
  const session = createSession(graph);
  const told = steps.map(({ input, label }, index) => {
    const values = at(inputs, input);
    invariant(values instanceof Int8Array, 'models that train take int8');
    session.forward(values);
    const output = toHex(bytesOf(session.output()));
    const loss = session.loss(label);
    const current = rates.findLast(({ firstStep }) => firstStep <= index);
    invariant(current, 'the first rates begin at step 0');
    session.backward({ seed, index, rates: current });
    return { loss, output };
  });
  return { steps: told, state: toHex(session.state()), delta: toHex(session.delta()) };
}

export const learntByEngine = ({ steps, state, delta }: TrainResult): Learnt => ({
  steps: steps.map(({ loss, output }) => ({ loss, output: toHex(output) })),
  state: toHex(state),
  delta: toHex(delta),
});
