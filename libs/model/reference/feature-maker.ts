import { at } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { machineFor } from './machine';
import { isForward, prepareForward } from './ops';

/** What the frozen prefix of a step makes of one sample: the input of the step. */
export function featureMaker(prefix: Graph): (sample: Int8Array) => Int8Array {
  const machine = machineFor(prefix);
  const kernels = prefix.ops.flatMap((op) => (isForward(op) ? [prepareForward(op, machine)] : []));
  const [input, output] = [at(prefix.inputs, 0), at(prefix.outputs, 0)];
  return (sample) => {
    machine.memory.int8(input).set(sample);
    for (const run of kernels) run();
    return machine.memory.int8(output).slice();
  };
}
