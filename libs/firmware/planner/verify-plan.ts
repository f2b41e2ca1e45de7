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
 * Calls of one row are replayed in the same way, each in its kernel's order. There,
 *
 * 6. A byte of a ring belongs to a row of a tensor, so that a row that took the place of another is not taken for it.
 * 7. What row calls read or write may be overwritten by anything at any time: if it is read once more, rule 2 finds out.
 * 8. Trained copies lie there whole in every call. A mask is no map: it is one value, filled and then changed piece by piece.
 * 9. An operator's rows are computed once each, in ascending order, and those of inputs are read so. Sums that an operator
 *    keeps between its calls are its scratch until the last of them.
 *
 * And calls of some channels of a gradient:
 *
 * 10. Where a buffer holds only some channels, their bytes belong to a channel of a tensor, as those of rings to a row.
 * 11. Sums that become a gradient own their bytes, until the rows of the gradient take their place.
 * 12. A layer's weights are read by its input gradient before its weight update changes them (verify-schedule).
 * 13. Bytes that are stowed in sums are owned by nobody from the call that begins these sums on; the call that finishes them
 *     writes them back first of all. The sums of all elements have bits enough for them (verify-stowage).
 *
 * Lifetimes are counted anew from the graph; `first` and `last` of activations are not used.
 */
import {
  type Graph,
  isGradientType,
  type Op,
  ruleOf,
  tensorBytes,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { accessChannels, channelsOf, type GradientMemory } from './access-channels';
import { accessInAnyOrder, accessInOrder, accessReducing, takesRows } from './access-order';
import { ALIGNMENT, type Plan, type PlannedBuffer, scratchOf } from './plan';
import { callCounts, inputsRead, isRead, type OpCall, type ReadCall, type Rows } from './schedule';
import { channelScratchBytes, lentScratchBytes, rowScratchBytes, scratchBytes } from './scratch';
import { type Place, placed, type Planes, type Run } from './verify-place';
import { stowageFaults, stowagesOf } from './verify-stowage';
import { type RowNames, rowNames, scheduleFaults } from './verify-schedule';

const FREE = -1;
const SCRATCH = -2;

const NEED_WORDS: ReadonlySet<string> = new Set(['int16', 'int32', 'blockFloat', 'blockFloat8']);

class Replay implements GradientMemory {
  readonly faults = new Set<string>();
  private readonly owners: Int16Array | Int32Array;
  private readonly readsLeft = new Map<TensorId, number>();
  private readonly places = new Map<TensorId, Place>();
  private readonly buffers: ReadonlyMap<TensorId, PlannedBuffer>;
  /** The operand of every RESHAPE, by its output: the same value. */
  private readonly reshaped: ReadonlyMap<TensorId, TensorId>;
  private readonly streamed: ReadonlyMap<TensorId, RowNames>;
  /** The owners of sums that lie where gradients will. */
  private readonly sums: ReadonlyMap<TensorId, number>;
  /** A reshaped value is streamed under any of its names. */
  private readonly streamedOwners: ReadonlySet<TensorId>;
  /** How often each operator is called in all, and was so far. */
  private readonly calls: ReadonlyMap<number, number>;
  private readonly callsMade = new Map<number, number>();
  private where = 'at the start';

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
  ) {
    this.calls = callCounts(plan.schedule);
    const { named, end: firstSum } = rowNames(graph, plan.schedule);
    this.streamed = named;
    const outputs = graph.ops.flatMap((op) =>
      op.kind === 'inputGradient' && op.accumulation === 'running' ? op.output : [],
    );
    this.sums = new Map(outputs.map((id, index) => [id, firstSum + index] as const));
    const end = firstSum + outputs.length;
    const Owners = end < 2 ** 15 ? Int16Array : Int32Array;
    this.owners = new Owners(plan.peakBytes).fill(FREE);
    this.buffers = new Map(
      plan.buffers.flatMap((buffer) => buffer.tensors.map((id) => [id, buffer] as const)),
    );
    this.reshaped = new Map(
      graph.ops.flatMap((op) => (op.kind === 'reshape' ? [[op.output, op.input] as const] : [])),
    );
    this.streamedOwners = new Set([...named.keys()].map((id) => this.ownerOfValue(id)));
    for (const { id } of graph.tensors) {
      const place = this.placeOf(id);
      if (place) this.places.set(id, place);
    }
    for (const op of graph.ops) for (const id of ruleOf(op).inputs(op)) this.countRead(id, 1);
    for (const id of graph.outputs) this.countRead(id, 1);
  }

  run(): readonly string[] {
    const { graph, plan } = this;
    const comeLater = inputsRead(plan.schedule);
    const isThere = ({ id, role }: Graph['tensors'][number]): boolean =>
      role === 'variable' || (plan.inputsInArena && graph.inputs.includes(id) && !comeLater.has(id));
    for (const tensor of graph.tensors) if (isThere(tensor)) this.bear(tensor.id);
    for (const fault of [...scheduleFaults(graph, plan.schedule), ...stowageFaults(graph, plan)])
      this.faults.add(fault);
    plan.schedule.calls.forEach((call, time) => {
      if (isRead(call)) this.readRows(call, time);
      else this.call(call, time);
    });
    this.where = 'at the end';
    for (const id of graph.outputs) this.mustOwn(id);
    return [...this.faults];
  }

  read(id: TensorId, from: number, count: number, step = 1): void {
    const place = this.places.get(id);
    if (!place) return;
    const run = { owner: place.owner, from: place.offset + from, count, step };
    if (!place.ring && !place.planes) return this.readRun(id, run);
    for (const piece of placed(place, { ...run, from })) this.readRun(id, piece);
  }

  write(id: TensorId, from: number, count: number, step = 1): void {
    const place = this.places.get(id);
    if (!place) return;
    const run = { owner: place.owner, from: place.offset + from, count, step };
    if (!place.ring && !place.planes) return this.writeRun(id, run);
    for (const piece of placed(place, { ...run, from })) this.writeRun(id, piece);
  }

  readSums(id: TensorId, from: number, count: number): void {
    const place = this.places.get(id);
    const owner = this.sums.get(id);
    if (place && owner !== undefined) this.readRun(id, { owner, from: place.offset + from, count, step: 1 });
  }

  writeSums(id: TensorId, from: number, count: number): void {
    const place = this.places.get(id);
    const owner = this.sums.get(id);
    if (place && owner !== undefined) this.writeRun(id, { owner, from: place.offset + from, count, step: 1 });
  }

  private readRun(id: TensorId, { owner, from, count, step }: Run): void {
    for (let i = 0, byte = from; i < count; i++, byte += step) {
      if (this.owners[byte] === owner) continue;
      this.faults.add(`${this.nameOf(id)} has lost byte ${byte} to ${this.ownerOf(byte)} ${this.where}`);
      return;
    }
  }

  private writeRun(id: TensorId, { owner, from, count, step }: Run): void {
    let harmless = FREE;
    for (let i = 0, byte = from; i < count; i++, byte += step) {
      const victim = this.owners[byte] ?? SCRATCH;
      if (victim !== harmless && victim !== owner) {
        if (this.isDead(victim)) harmless = victim;
        else this.faults.add(`${this.nameOf(id)} overwrites ${this.ownerOf(byte)} ${this.where}`);
      }
      this.owners[byte] = owner;
    }
  }

  private readRows({ tensor, rows }: ReadCall, time: number): void {
    this.where = `reading rows (call ${time})`;
    const place = this.places.get(tensor);
    if (!place) return void this.faults.add(`${this.nameOf(tensor)} has no place to be read to`);
    this.write(tensor, rows.from * place.rowBytes, (rows.to - rows.from) * place.rowBytes);
  }

  private call(call: OpCall, time: number): void {
    const { op: index, rows } = call;
    const op = this.graph.ops[index];
    if (!op) return;
    const rule = ruleOf(op);
    this.where = `in ${op.name} (call ${time})`;
    this.callsMade.set(index, (this.callsMade.get(index) ?? 0) + 1);
    const isLast = this.callsMade.get(index) === this.calls.get(index);
    if (rows) return this.callRows(op, { rows, time, isLast });
    if (call.channels || call.stage) return this.callChannels(op, call, time);
    for (const id of rule.inputs(op)) this.mustOwn(id);
    const scratch = this.takeScratch(op, time, scratchBytes(op, this.graph, this.plan.kernels));
    for (const id of rule.inputs(op)) this.countRead(id, -1);
    if (rule.inPlace) this.mustShare(op);
    // The order matters only where an output lies over an operand.
    const access = this.areApart(rule.inputs(op), rule.outputs(op)) ? accessInAnyOrder : accessInOrder;
    if (!accessChannels(op, this.graph, this, call)) access(op, this.graph, this);
    for (const id of rule.outputs(op)) this.mustOwn(id);
    scratch?.fill(FREE);
  }

  private callRows(op: Op, { rows, time, isLast }: { rows: Rows; time: number; isLast: boolean }): void {
    const { graph } = this;
    if (!takesRows(op, graph)) return void this.faults.add(`${op.name} cannot run row by row`);
    for (const id of ruleOf(op).inputs(op)) if (tensorOf(graph, id).role === 'variable') this.mustOwn(id);
    const [, height] = tensorOf(graph, ruleOf(op).outputs(op)[0] as TensorId).shape;
    const reduces =
      op.kind === 'averagePool2d' && height === 1 && (this.calls.get(graph.ops.indexOf(op)) ?? 0) > 1;
    if (!reduces) {
      const scratch = this.takeScratch(op, time, rowScratchBytes(op, graph, false, this.plan.kernels));
      accessInOrder(op, graph, this, rows);
      scratch?.fill(FREE);
      return;
    }
    const bytes = rowScratchBytes(op, graph, true);
    const sums = rows.from === 0 ? this.takeScratch(op, time, bytes) : this.scratchBytesAt(time, bytes);
    accessReducing(op, graph, this, rows);
    if (sums?.some((owner) => owner !== SCRATCH))
      this.faults.add(`${op.name} has lost its sums ${this.where}`);
    if (isLast) sums?.fill(FREE);
    for (const id of isLast ? ruleOf(op).outputs(op) : []) this.mustOwn(id);
  }

  private callChannels(op: Op, call: OpCall, time: number): void {
    const { graph } = this;
    if (channelsOf(op, graph) === undefined) return void this.faults.add(`${op.name} cannot run by channels`);
    for (const id of ruleOf(op).inputs(op)) if (tensorOf(graph, id).role === 'variable') this.mustOwn(id);
    if (ruleOf(op).inPlace) this.mustShare(op);
    const scratch = this.takeScratch(op, time, channelScratchBytes(op, graph, call, this.plan.kernels));
    if (call.stage === 'finish') this.takeBack(call);
    accessChannels(op, graph, this, call);
    if (call.stage === 'begin') this.stow(call);
    scratch?.fill(FREE);
    if (call.stage === 'finish') for (const id of ruleOf(op).outputs(op)) this.mustOwn(id);
  }

  private stow({ op }: OpCall): void {
    for (const { tensor, bytes } of stowagesOf(this.plan, op)) {
      this.read(tensor, 0, bytes);
      const place = this.places.get(tensor);
      if (place) this.owners.fill(FREE, place.offset, place.offset + bytes);
    }
  }

  private takeBack({ op }: OpCall): void {
    for (const { tensor, bytes } of stowagesOf(this.plan, op)) this.write(tensor, 0, bytes);
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
    const { offset, ring } = buffer;
    const planes = this.planesOf(id, buffer);
    const taken = ring ? ring.rows * ring.rowBytes : this.bytesTaken(id, planes);
    if (offset < 0 || offset + taken > this.plan.peakBytes)
      this.faults.add(`${tensor.name} ends at ${offset + taken}, the arena at ${this.plan.peakBytes}`);
    if (NEED_WORDS.has(tensor.type) && offset % ALIGNMENT !== 0)
      this.faults.add(`${tensor.name} begins at ${offset}, which is no multiple of ${ALIGNMENT}`);
    const { rows = 1, firstRow = 0 } = this.streamed.get(id) ?? {};
    const place = { offset, bytes: taken, owner, rowBytes: bytes / rows, firstRow };
    if (planes) return { ...place, planes };
    if (!ring) return place;
    if (!this.streamed.has(id)) this.faults.add(`${tensor.name} is a ring but no rows of it are named`);
    if (ring.rowBytes < place.rowBytes) this.faults.add(`rows of ${tensor.name} do not fit into its ring`);
    return { ...place, ring };
  }

  private planesOf(id: TensorId, { planes: count }: PlannedBuffer): Planes | undefined {
    const { type, shape, name } = tensorOf(this.graph, id);
    const [channels = 0, pixels = 0] = shape;
    if (count === undefined) return undefined;
    const planeBytes = type === 'blockFloat8' ? pixels : 2 * pixels;
    if (isGradientType(type) && count > 0 && this.streamed.has(id)) return { count, channels, planeBytes };
    this.faults.add(`${name} does not go by channels, but its buffer holds ${count}`);
    return undefined;
  }

  /** Of a value that is no ring. */
  private bytesTaken(id: TensorId, planes: Planes | undefined): number {
    if (planes) return 2 * Math.ceil((planes.count * planes.planeBytes) / 2) + 2 * planes.count;
    const bytes = tensorBytes(tensorOf(this.graph, id));
    const [channels = 0, pixels = 0] = tensorOf(this.graph, id).shape;
    return this.sums.has(id) ? Math.max(bytes, 4 * channels * pixels) : bytes;
  }

  private mustOwn(id: TensorId): void {
    const place = this.places.get(id);
    if (place) this.read(id, 0, tensorBytes(tensorOf(this.graph, id)));
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
    if (owner >= this.graph.tensors.length) return true;
    if (tensorOf(this.graph, id).role === 'variable') return false;
    return this.streamedOwners.has(id) || (this.readsLeft.get(id) ?? 0) === 0;
  }

  private scratchBytesAt(time: number, bytes: number): Int16Array | Int32Array | undefined {
    const buffer = scratchOf(this.plan, time);
    return buffer && this.owners.subarray(buffer.offset, buffer.offset + bytes);
  }

  private takeScratch(op: Op, time: number, needed: number): Int16Array | Int32Array | undefined {
    if (needed === 0) return undefined;
    const buffer = scratchOf(this.plan, time);
    if (!buffer || buffer.bytes < needed) {
      this.faults.add(`${op.name} needs ${needed} bytes of scratch`);
      return undefined;
    }
    if (buffer.offset % ALIGNMENT !== 0)
      this.faults.add(`${buffer.name} begins at ${buffer.offset}, which is no multiple of ${ALIGNMENT}`);
    const lent = lentScratchBytes(op, this.graph);
    const used = lent <= buffer.bytes ? Math.max(needed, lent) : needed;
    const bytes = this.owners.subarray(buffer.offset, buffer.offset + used);
    if (bytes.length < used) this.faults.add(`${buffer.name} ends beyond the arena`);
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
    if (owner === SCRATCH) return 'the scratch of the same call';
    if (owner < this.graph.tensors.length) return this.nameOf(owner as TensorId);
    const [summed] = [...this.sums].find(([, name]) => name === owner) ?? [];
    if (summed !== undefined) return `the sums of ${this.nameOf(summed)}`;
    const [id, named] = [...this.streamed].findLast(([, { firstRow }]) => firstRow <= owner) ?? [];
    if (id === undefined) return 'nobody';
    const unit = isGradientType(tensorOf(this.graph, id).type) ? 'channel' : 'row';
    return `${unit} ${owner - (named?.firstRow ?? 0)} of ${this.nameOf(id)}`;
  }
}

/** Sentences about what would go wrong if the plan were run; empty for a sound plan. */
export const verifyPlan = (graph: Graph, plan: Plan): readonly string[] => new Replay(graph, plan).run();
