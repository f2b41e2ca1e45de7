import { invariant } from '#libs/base/result';
import { type Graph, type Op, ruleOf, type TensorId, tensorOf } from '#libs/model/ir';
import { type Call, inputsRead, isRead, type OpCall, type Schedule } from './schedule';
import type { KernelSet } from './scratch';

/** What is to be placed: a graph, the order of its calls, and whether the arena holds the graph's inputs. */
export interface Execution {
  readonly graph: Graph;
  readonly schedule: Schedule;
  readonly inputsInArena: boolean;
  /** Whose scratch is planned. Default: plain. */
  readonly kernels?: KernelSet;
}

/** First and last time at which a tensor's bytes matter. */
export interface Use {
  readonly first: number;
  readonly last: number;
}

/** Does the arena hold it? Constants lie in flash, labels and losses are passed by value, inputs lie where the request says. */
export function inArena(
  { graph, inputsInArena }: Pick<Execution, 'graph' | 'inputsInArena'>,
  id: TensorId,
): boolean {
  const { role } = tensorOf(graph, id);
  return role === 'activation' || role === 'variable' || (role === 'input' && inputsInArena);
}

export function opOf(graph: Graph, call: OpCall): Op {
  const op = graph.ops[call.op];
  invariant(op, `operator ${call.op} is one of graph ${graph.name}`);
  return op;
}

/** The operator of a call; undefined for reads. */
export function opAt(graph: Graph, schedule: Schedule, time: number): Op | undefined {
  const call = schedule.calls[time];
  invariant(call, `the schedule of graph ${graph.name} has a call ${time}`);
  return isRead(call) ? undefined : opOf(graph, call);
}

/** What a call reads and writes. */
export function operandsOf(graph: Graph, call: Call): readonly TensorId[] {
  if (isRead(call)) return [call.tensor];
  const op = opOf(graph, call);
  return [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)];
}

/**
 * Every tensor that the calls touch. Inputs in the arena are there before the first call, unless calls read them; outputs of
 * the graph are read at the very end, variables are kept from end to end.
 */
export function usesOf({ graph, schedule, inputsInArena }: Execution): ReadonlyMap<TensorId, Use> {
  const uses = new Map<TensorId, Use>();
  const end = Math.max(0, schedule.calls.length - 1);
  const touch = (id: TensorId, time: number): void => {
    const use = uses.get(id);
    uses.set(id, use ? { first: use.first, last: time } : { first: time, last: time });
  };
  const comeLater = inputsRead(schedule);
  if (inputsInArena) for (const id of graph.inputs) if (!comeLater.has(id)) touch(id, 0);
  schedule.calls.forEach((call, time) => operandsOf(graph, call).forEach((id) => touch(id, time)));
  for (const id of graph.outputs) touch(id, end);
  for (const { id, role } of graph.tensors) if (role === 'variable') uses.set(id, { first: 0, last: end });
  return uses;
}
