import { invariant } from '#libs/base/result';
import { ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { isRead } from './schedule';
import { type Execution, inArena, opAt, type Use, usesOf } from './uses';

/** Tensors that live in one piece of the arena: a RESHAPE and its operand, a gradient that is scaled in place. */
export interface Storage extends Use {
  readonly tensors: readonly TensorId[];
  readonly bytes: number;
}

/** Groups of tensors that share storage because their operators leave no choice, built by walking the calls in order. */
class Sharing {
  private readonly groups = new Map<TensorId, TensorId[]>();
  constructor(
    private readonly execution: Execution,
    private readonly uses: ReadonlyMap<TensorId, Use>,
  ) {}

  group(id: TensorId): TensorId[] {
    const group = this.groups.get(id) ?? [id];
    this.groups.set(id, group);
    return group;
  }

  join(operand: TensorId, output: TensorId): void {
    const group = this.group(operand);
    group.push(output);
    this.groups.set(output, group);
  }

  /** The operand's values are gone after this call. */
  overwrite(operand: TensorId, time: number): void {
    const { graph } = this.execution;
    const readLater = this.group(operand).some((id) => (this.uses.get(id)?.last ?? time) > time);
    invariant(
      !inArena(this.execution, operand) || !readLater,
      `${tensorOf(graph, operand).name} is overwritten in place at ${time} but read later`,
    );
  }
}

function sharingOf(execution: Execution, uses: ReadonlyMap<TensorId, Use>): Sharing {
  const { graph, schedule } = execution;
  const sharing = new Sharing(execution, uses);
  const last = new Map(schedule.calls.map((call, time) => [isRead(call) ? -1 : call.op, time] as const));
  schedule.calls.forEach((call, time) => {
    const op = opAt(graph, schedule, time);
    const inPlace = op && ruleOf(op).inPlace?.(op);
    // Of the calls of an operator, the last says what is left.
    if (!inPlace || isRead(call) || last.get(call.op) !== time) return;
    // A RESHAPE changes nothing, so others may go on reading its operand.
    if (op.kind !== 'reshape') sharing.overwrite(inPlace.operand, time);
    sharing.join(inPlace.operand, inPlace.output);
  });
  return sharing;
}

function storageOfGroup(
  { graph }: Execution,
  uses: ReadonlyMap<TensorId, Use>,
  tensors: readonly TensorId[],
): Storage {
  const spans = tensors.flatMap((id) => uses.get(id) ?? []);
  return {
    tensors,
    bytes: Math.max(...tensors.map((id) => tensorBytes(tensorOf(graph, id)))),
    first: Math.min(...spans.map(({ first }) => first)),
    last: Math.max(...spans.map(({ last }) => last)),
  };
}

const firstTensor = (storage: Storage): number => storage.tensors[0] as number;

/** Every piece of arena that the tensors of an execution need: the variables in graph order, then the others by first use. */
export function storageOf(execution: Execution): {
  readonly variables: readonly Storage[];
  readonly others: readonly Storage[];
} {
  const uses = usesOf(execution);
  const sharing = sharingOf(execution, uses);
  const groups = [...new Set([...uses.keys()].map((id) => sharing.group(id)))];
  const storages = groups
    .filter(([root]) => root !== undefined && inArena(execution, root))
    .map((tensors) => storageOfGroup(execution, uses, tensors));
  const isVariable = (storage: Storage): boolean =>
    storage.tensors.some((id) => tensorOf(execution.graph, id).role === 'variable');
  return {
    variables: storages.filter(isVariable).sort((a, b) => firstTensor(a) - firstTensor(b)),
    others: storages
      .filter((storage) => !isVariable(storage))
      .sort((a, b) => a.first - b.first || firstTensor(a) - firstTensor(b)),
  };
}
