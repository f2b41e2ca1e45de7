import { invariant } from '#libs/base/result';
import { type Graph, type Op, ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import type { Schedule } from './schedule';
import { inArena, opAt, type Use, usesOf } from './uses';

/** Tensors that live in one piece of the arena, one after the other. */
export interface Storage extends Use {
  readonly tensors: readonly TensorId[];
  readonly bytes: number;
}

/**
 * Operands whose storage the output may take over by choice: an ADD reads an element before it writes the same one
 * (add_s8.c), so its output can lie on an input that dies there. Nothing else is known to be safe.
 */
const optionalOperands = (op: Op): readonly TensorId[] => (op.kind === 'add' ? op.inputs : []);

/** Groups of tensors that share storage, built by walking the calls in order. */
class Sharing {
  private readonly groups = new Map<TensorId, TensorId[]>();
  constructor(
    private readonly graph: Graph,
    private readonly uses: ReadonlyMap<TensorId, Use>,
  ) {}

  group(id: TensorId): TensorId[] {
    const group = this.groups.get(id) ?? [id];
    this.groups.set(id, group);
    return group;
  }

  private join(operand: TensorId, output: TensorId): void {
    const group = this.group(operand);
    group.push(output);
    this.groups.set(output, group);
  }

  private readLater(operand: TensorId, time: number): boolean {
    return this.group(operand).some((id) => (this.uses.get(id)?.last ?? time) > time);
  }

  /** The kernel works in place (or, for RESHAPE, not at all). */
  takeOver(operand: TensorId, output: TensorId, time: number): void {
    const safe = !inArena(this.graph, operand) || !this.readLater(operand, time);
    invariant(
      safe,
      `${tensorOf(this.graph, operand).name} is overwritten in place at ${time} but read later`,
    );
    this.join(operand, output);
  }

  /** The kernel can work in place: it does where an operand of the same size dies. */
  takeOverDying(operands: readonly TensorId[], output: TensorId, time: number): void {
    const bytes = tensorBytes(tensorOf(this.graph, output));
    const dying = operands.find((operand) => {
      const { role } = tensorOf(this.graph, operand);
      const fits = tensorBytes(tensorOf(this.graph, operand)) === bytes;
      return (
        role === 'activation' &&
        inArena(this.graph, this.group(operand)[0] as TensorId) &&
        fits &&
        !this.readLater(operand, time)
      );
    });
    if (dying !== undefined) this.join(dying, output);
  }
}

function sharingOf(graph: Graph, schedule: Schedule, uses: ReadonlyMap<TensorId, Use>): Sharing {
  const sharing = new Sharing(graph, uses);
  schedule.calls.forEach((_, time) => {
    const op = opAt(graph, schedule, time);
    const inPlace = ruleOf(op).inPlace?.(op);
    const optional = optionalOperands(op);
    const [output] = ruleOf(op).outputs(op);
    if (inPlace) sharing.takeOver(inPlace.operand, inPlace.output, time);
    else if (optional.length > 0 && output !== undefined) sharing.takeOverDying(optional, output, time);
  });
  return sharing;
}

function storageOfGroup(
  graph: Graph,
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

/** Every piece of arena that the tensors of a schedule need: the variables in graph order, then the others by first use. */
export function storageOf(
  graph: Graph,
  schedule: Schedule,
): { readonly variables: readonly Storage[]; readonly others: readonly Storage[] } {
  const uses = usesOf(graph, schedule);
  const sharing = sharingOf(graph, schedule, uses);
  const groups = [...new Set([...uses.keys()].map((id) => sharing.group(id)))];
  const storages = groups
    .filter(([root]) => root !== undefined && inArena(graph, root))
    .map((tensors) => storageOfGroup(graph, uses, tensors));
  const isVariable = (storage: Storage): boolean =>
    storage.tensors.some((id) => tensorOf(graph, id).role === 'variable');
  return {
    variables: storages.filter(isVariable).sort((a, b) => firstTensor(a) - firstTensor(b)),
    others: storages
      .filter((storage) => !isVariable(storage))
      .sort((a, b) => a.first - b.first || firstTensor(a) - firstTensor(b)),
  };
}
