/**
 * Checks a plan without trusting the planner: the calls are replayed in the kernels' order of access over a map that says,
 * for every byte of the arena, which tensor's value it holds.
 *
 * 1. What is there before the first call (variables, and inputs in the arena) owns its bytes; no two may overlap.
 * 2. A byte that a kernel reads must still be owned by the tensor that it reads; before the call, all of an operand.
 * 3. A kernel may write only its own output, free bytes, and bytes of tensors that no later call reads: those of a dying
 *    operand too, and rule 2 finds out if the kernel was not done with them.
 * 4. Scratch is taken from the beginning of the call to its end: no operand, output or living tensor has a byte there.
 * 5. After its call, and at the end of the graph, an output owns all of its bytes.
 *
 * Lifetimes are counted anew from the graph; `first` and `last` of activations are not used.
 */
import { type Graph, type Op, ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { accessInAnyOrder, accessInOrder, type Memory } from './access-order';
import { ALIGNMENT, type Plan, type PlannedBuffer, scratchOf } from './plan';
import { scratchBytes } from './scratch';

const FREE = -1;
const SCRATCH = -2;

const NEED_WORDS: ReadonlySet<string> = new Set(['int16', 'int32', 'blockFloat']);

/** Where a value lies and whose it is: a RESHAPE's output is its operand's value. */
interface Place {
  readonly offset: number;
  readonly bytes: number;
  readonly owner: TensorId;
}

class Replay implements Memory {
  readonly faults = new Set<string>();
  private readonly owners: Int16Array | Int32Array;
  private readonly readsLeft = new Map<TensorId, number>();
  private readonly places = new Map<TensorId, Place>();
  private readonly buffers: ReadonlyMap<TensorId, PlannedBuffer>;
  /** The operand of every RESHAPE, by its output: the same value. */
  private readonly reshaped: ReadonlyMap<TensorId, TensorId>;
  private where = 'at the start';

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
  ) {
    const Owners = graph.tensors.length < 2 ** 15 ? Int16Array : Int32Array;
    this.owners = new Owners(plan.peakBytes).fill(FREE);
    this.buffers = new Map(
      plan.buffers.flatMap((buffer) => buffer.tensors.map((id) => [id, buffer] as const)),
    );
    this.reshaped = new Map(
      graph.ops.flatMap((op) => (op.kind === 'reshape' ? [[op.output, op.input] as const] : [])),
    );
    for (const { id } of graph.tensors) {
      const place = this.placeOf(id);
      if (place) this.places.set(id, place);
    }
    for (const op of graph.ops) for (const id of ruleOf(op).inputs(op)) this.countRead(id, 1);
    for (const id of graph.outputs) this.countRead(id, 1);
  }

  run(): readonly string[] {
    const { graph, plan } = this;
    const isThere = ({ id, role }: Graph['tensors'][number]): boolean =>
      role === 'variable' || (plan.inputsInArena && graph.inputs.includes(id));
    for (const tensor of graph.tensors) if (isThere(tensor)) this.bear(tensor.id);
    const times = graph.ops.map(() => 0);
    plan.schedule.calls.forEach(({ op }, time) => {
      times[op] = (times[op] ?? 0) + 1;
      this.call(op, time);
    });
    graph.ops.forEach(({ name }, index) => {
      if (times[index] !== 1) this.faults.add(`${name} is called ${times[index]} times`);
    });
    this.where = 'at the end';
    for (const id of graph.outputs) this.mustOwn(id);
    return [...this.faults];
  }

  read(id: TensorId, from: number, count: number, step = 1): void {
    const place = this.places.get(id);
    if (!place) return;
    const { owner, offset } = place;
    for (let i = 0, byte = offset + from; i < count; i++, byte += step) {
      if (this.owners[byte] === owner) continue;
      this.faults.add(`${this.nameOf(id)} has lost byte ${byte} to ${this.ownerOf(byte)} ${this.where}`);
      return;
    }
  }

  write(id: TensorId, from: number, count: number, step = 1): void {
    const place = this.places.get(id);
    if (!place) return;
    const { owner, offset } = place;
    let harmless = FREE;
    for (let i = 0, byte = offset + from; i < count; i++, byte += step) {
      const victim = this.owners[byte] ?? SCRATCH;
      if (victim !== harmless && victim !== owner) {
        if (this.isDead(victim)) harmless = victim;
        else this.faults.add(`${this.nameOf(id)} overwrites ${this.ownerOf(byte)} ${this.where}`);
      }
      this.owners[byte] = owner;
    }
  }

  private call(index: number, time: number): void {
    const op = this.graph.ops[index];
    if (!op) return void this.faults.add(`call ${time} names operator ${index}, which does not exist`);
    const rule = ruleOf(op);
    this.where = `in ${op.name} (call ${time})`;
    for (const id of rule.inputs(op)) this.mustOwn(id);
    const scratch = this.takeScratch(op, time);
    for (const id of rule.inputs(op)) this.countRead(id, -1);
    if (rule.inPlace) this.mustShare(op);
    // The order matters only where an output lies over an operand.
    const access = this.areApart(rule.inputs(op), rule.outputs(op)) ? accessInAnyOrder : accessInOrder;
    access(op, this.graph, this);
    for (const id of rule.outputs(op)) this.mustOwn(id);
    scratch?.fill(FREE);
  }

  private areApart(operands: readonly TensorId[], outputs: readonly TensorId[]): boolean {
    const placesOf = (ids: readonly TensorId[]): readonly Place[] =>
      ids.flatMap((id) => this.places.get(id) ?? []);
    const written = placesOf(outputs);
    return placesOf(operands).every((a) =>
      written.every((b) => a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset),
    );
  }

  private ownerOfValue(id: TensorId): TensorId {
    let owner = id;
    for (let operand = this.reshaped.get(owner); operand !== undefined; operand = this.reshaped.get(owner))
      owner = operand;
    return owner;
  }

  private countRead(id: TensorId, change: number): void {
    const owner = this.ownerOfValue(id);
    this.readsLeft.set(owner, (this.readsLeft.get(owner) ?? 0) + change);
  }

  private isInArena(id: TensorId): boolean {
    const { role } = tensorOf(this.graph, id);
    return role === 'activation' || role === 'variable' || (role === 'input' && this.plan.inputsInArena);
  }

  /** Undefined for what is not in the arena: constants, inputs outside, reshapes of them, and what no call touches. */
  private placeOf(id: TensorId): Place | undefined {
    const owner = this.ownerOfValue(id);
    if (!this.isInArena(owner)) return undefined;
    const tensor = tensorOf(this.graph, id);
    const buffer = this.buffers.get(id);
    const bytes = tensorBytes(tensor);
    if (!buffer) {
      const isTouched = this.graph.ops.some((op) =>
        [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)].includes(id),
      );
      if (isTouched) this.faults.add(`${tensor.name} has no place`);
      return undefined;
    }
    const { offset } = buffer;
    if (offset < 0 || offset + bytes > this.plan.peakBytes)
      this.faults.add(`${tensor.name} ends at ${offset + bytes}, the arena at ${this.plan.peakBytes}`);
    if (NEED_WORDS.has(tensor.type) && offset % ALIGNMENT !== 0)
      this.faults.add(`${tensor.name} begins at ${offset}, which is no multiple of ${ALIGNMENT}`);
    return { offset, bytes, owner };
  }

  private mustOwn(id: TensorId): void {
    const place = this.places.get(id);
    if (place) this.read(id, 0, place.bytes);
  }

  private mustShare(op: Op): void {
    const inPlace = ruleOf(op).inPlace?.(op);
    if (!inPlace) return;
    const [operand, output] = [this.places.get(inPlace.operand), this.places.get(inPlace.output)];
    if (operand?.offset !== output?.offset)
      this.faults.add(`${this.nameOf(inPlace.output)} is not where ${this.nameOf(inPlace.operand)} is`);
  }

  private bear(id: TensorId): void {
    const place = this.places.get(id);
    if (!place) return;
    const bytes = this.owners.subarray(place.offset, place.offset + place.bytes);
    const taken = bytes.find((owner) => owner !== FREE);
    if (taken !== undefined)
      this.faults.add(`${this.nameOf(id)} overlaps ${this.nameOf(taken as TensorId)} ${this.where}`);
    bytes.fill(place.owner);
  }

  private isDead(owner: number): boolean {
    if (owner === FREE) return true;
    if (owner === SCRATCH) return false;
    const id = owner as TensorId;
    return tensorOf(this.graph, id).role !== 'variable' && (this.readsLeft.get(id) ?? 0) === 0;
  }

  private takeScratch(op: Op, time: number): { fill(owner: number): unknown } | undefined {
    const needed = scratchBytes(op, this.graph);
    if (needed === 0) return undefined;
    const buffer = scratchOf(this.plan, time);
    if (!buffer || buffer.bytes < needed) {
      this.faults.add(`${op.name} needs ${needed} bytes of scratch`);
      return undefined;
    }
    if (buffer.offset % ALIGNMENT !== 0)
      this.faults.add(`${buffer.name} begins at ${buffer.offset}, which is no multiple of ${ALIGNMENT}`);
    const bytes = this.owners.subarray(buffer.offset, buffer.offset + needed);
    if (bytes.length < needed) this.faults.add(`${buffer.name} ends beyond the arena`);
    const victim = bytes.findIndex((owner) => !this.isDead(owner));
    if (victim >= 0)
      this.faults.add(`${buffer.name} overwrites ${this.ownerOf(buffer.offset + victim)} ${this.where}`);
    bytes.fill(SCRATCH);
    return bytes;
  }

  private nameOf(id: TensorId): string {
    return tensorOf(this.graph, id).name;
  }

  private ownerOf(byte: number): string {
    const owner = this.owners[byte];
    if (owner === undefined) return 'what lies beyond the arena';
    if (owner === FREE) return 'nobody';
    return owner === SCRATCH ? 'the scratch of the same call' : this.nameOf(owner as TensorId);
  }
}

/** Sentences about what would go wrong if the plan were run; empty for a sound plan. */
export const verifyPlan = (graph: Graph, plan: Plan): readonly string[] => new Replay(graph, plan).run();
