import { invariant } from '#libs/base/result';
import { type Graph, type Op, ruleOf, type TensorId, tensorOf } from '#libs/model/ir';
import type { Schedule } from './schedule';

/** What is to be placed: a graph, the order of its calls, and whether the arena holds the graph's inputs. */
export interface Execution {
  readonly graph: Graph;
  readonly schedule: Schedule;
  readonly inputsInArena: boolean;
}

/** First and last time at which a tensor's bytes matter. */
export interface Use {
  readonly first: number;
  readonly last: number;
}

/** Does the arena hold it? Constants lie in flash, labels and losses are passed by value, inputs lie where the request says. */
export function inArena({ graph, inputsInArena }: Omit<Execution, 'schedule'>, id: TensorId): boolean {
  const { role } = tensorOf(graph, id);
  return role === 'activation' || role === 'variable' || (role === 'input' && inputsInArena);
}

export function opAt(graph: Graph, schedule: Schedule, time: number): Op {
  const op = graph.ops[schedule.calls[time]?.op ?? -1];
  invariant(op, `call ${time} names an operator of graph ${graph.name}`);
  return op;
}

/**
 * Every tensor that the calls touch. Inputs in the arena are there before the first call, outputs of the graph are read
 * at the very end, variables are kept from end to end.
 */
export function usesOf({ graph, schedule, inputsInArena }: Execution): ReadonlyMap<TensorId, Use> {
  const uses = new Map<TensorId, Use>();
  const end = Math.max(0, schedule.calls.length - 1);
  const touch = (id: TensorId, time: number): void => {
    const use = uses.get(id);
    uses.set(id, use ? { first: use.first, last: time } : { first: time, last: time });
  };
  if (inputsInArena) for (const id of graph.inputs) touch(id, 0);
  schedule.calls.forEach((_, time) => {
    const op = opAt(graph, schedule, time);
    for (const id of [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)]) touch(id, time);
  });
  for (const id of graph.outputs) touch(id, end);
  for (const { id, role } of graph.tensors) if (role === 'variable') uses.set(id, { first: 0, last: end });
  return uses;
}
