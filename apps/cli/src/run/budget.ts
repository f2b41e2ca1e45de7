import { err, fault, type Fault, ok, type Result } from '#libs/base/result';
import { isRead, type Plan } from '#libs/firmware/planner';
import { type Graph, tensorOf } from '#libs/model/ir';
import { shortName } from '../model/describe-tensor';

/** RAM that an inference takes, part by part. */
export interface RamUse {
  readonly arenaBytes: number;
  readonly staticRamBytes: number;
  readonly stackBytes: number;
}

/** Refuses what takes more than the budget (`run.does-not-fit`): by how much, and what would help. */
export function withinBudget(
  { inference, plan }: { readonly inference: Graph; readonly plan: Plan },
  { arenaBytes, staticRamBytes, stackBytes }: RamUse,
  budgetBytes: number | undefined,
): Result<void> {
  const needed = staticRamBytes + stackBytes;
  if (budgetBytes === undefined || needed <= budgetBytes) return ok(undefined);
  const parts = [
    `arena ${arenaBytes}`,
    `other static variables ${staticRamBytes - arenaBytes}`,
    `stack ${stackBytes}`,
  ];
  return err(
    doesNotFit(
      `${inference.name} needs ${needed} bytes of SRAM (${parts.join(', ')}), ` +
        `${needed - budgetBytes} more than the budget of ${budgetBytes}; ${advice(inference, plan, needed)}`,
    ),
  );
}

export const doesNotFit = (message: string): Fault => fault('run.does-not-fit', message);

/** Where the memory goes, and the two ways out. */
function advice(inference: Graph, plan: Plan, enough: number): string {
  return `--sram ${enough} would do, or a model with smaller maps around ${fullestCall(inference, plan)}, where the arena is fullest`;
}

/** The operator during which the most bytes of the arena are taken. */
function fullestCall(inference: Graph, { schedule, buffers }: Plan): string {
  const taken = schedule.calls.map((_, time) =>
    buffers
      .filter(({ first, last }) => first <= time && time <= last)
      .reduce((sum, { bytes }) => sum + bytes, 0),
  );
  const time = taken.indexOf(Math.max(...taken));
  const call = schedule.calls[time];
  const op = call && !isRead(call) ? inference.ops[call.op] : undefined;
  return op && 'output' in op
    ? `${op.kind} "${shortName(tensorOf(inference, op.output).name)}"`
    : 'its first operator';
}
