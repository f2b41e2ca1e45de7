/**
 * Checks a plan without trusting the planner: the calls are replayed over a map that says, for every byte of the arena,
 * which tensor's value it holds.
 *
 * 1. Variables own their bytes from the start; no two may overlap.
 * 2. Before a call, every operand must still own all of its bytes.
 * 3. A call may write only bytes whose owner nobody reads any more; the one exception is an operand that the kernel is
 *    known to be able to overwrite (same offset, no later reader).
 * 4. Scratch bytes are written by the call: they obey rule 3 and may not touch operands or outputs.
 * 5. At the end the outputs of the graph still own their bytes.
 *
 * Lifetimes are counted anew from the graph; `first` and `last` of the plan are not used.
 */
import { type Graph, type Op, ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { bufferOf, type Plan, type PlannedBuffer, scratchOf } from './plan';
import { scratchBytes } from './scratch';

const FREE = -1;
const SCRATCH = -2;

class Replay {
  readonly faults: string[] = [];
  private readonly owners: Int32Array;
  private readonly readsLeft = new Map<TensorId, number>();
  /** Operands and results of the call that is running: their bytes are in use until it ends. */
  private readonly busy = new Set<TensorId>();

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
  ) {
    this.owners = new Int32Array(plan.peakBytes).fill(FREE);
    for (const { op } of plan.schedule.calls) for (const id of this.operandsOf(op)) this.countRead(id, 1);
    for (const id of graph.outputs) this.countRead(id, 1);
  }

  run(): readonly string[] {
    for (const { id, role } of this.graph.tensors) if (role === 'variable') this.bear(id, 'at the start');
    this.plan.schedule.calls.forEach(({ op }, time) => this.call(op, time));
    for (const id of this.graph.outputs) this.mustOwn(id, 'at the end');
    return this.faults;
  }

  private operandsOf(index: number): readonly TensorId[] {
    const op = this.graph.ops[index];
    return op ? ruleOf(op).inputs(op) : [];
  }

  private countRead(id: TensorId, change: number): void {
    this.readsLeft.set(id, (this.readsLeft.get(id) ?? 0) + change);
  }

  private call(index: number, time: number): void {
    const op = this.graph.ops[index];
    if (!op) return void this.faults.push(`call ${time} names operator ${index}, which does not exist`);
    const rule = ruleOf(op);
    const where = `in ${op.name} (call ${time})`;
    for (const id of rule.inputs(op)) this.mustOwn(id, where);
    for (const id of rule.inputs(op)) this.countRead(id, -1);
    for (const id of rule.inputs(op)) this.busy.add(id);
    const scratch = this.takeScratch(op, time, where);
    for (const id of rule.outputs(op)) this.write(op, id, where);
    this.busy.clear();
    scratch?.fill(FREE);
  }

  /** The buffer of a tensor; undefined for what is not in the arena: constants, inputs, and reshapes of them. */
  private placeOf(id: TensorId, where: string): PlannedBuffer | undefined {
    const tensor = tensorOf(this.graph, id);
    if (tensor.role !== 'activation' && tensor.role !== 'variable') return undefined;
    const buffer = bufferOf(this.plan, id);
    if (!buffer) {
      if (!this.aliasesOutside(id)) this.faults.push(`${tensor.name} has no place ${where}`);
      return undefined;
    }
    const end = buffer.offset + tensorBytes(tensor);
    if (buffer.offset >= 0 && end <= this.plan.peakBytes) return buffer;
    this.faults.push(`${tensor.name} ends at ${end}, the arena at ${this.plan.peakBytes}`);
    return undefined;
  }

  private aliasesOutside(id: TensorId): boolean {
    const producer = this.graph.ops.find((op) => ruleOf(op).outputs(op).includes(id));
    if (producer?.kind !== 'reshape') return false;
    const { role } = tensorOf(this.graph, producer.input);
    return role === 'input' || role === 'constant' || this.aliasesOutside(producer.input);
  }

  private bytesOf(id: TensorId, buffer: PlannedBuffer): Int32Array {
    return this.owners.subarray(buffer.offset, buffer.offset + tensorBytes(tensorOf(this.graph, id)));
  }

  private mustOwn(id: TensorId, where: string): void {
    const buffer = this.placeOf(id, where);
    if (!buffer) return;
    const lost = this.bytesOf(id, buffer).findIndex((owner) => owner !== id);
    if (lost >= 0)
      this.faults.push(`${tensorOf(this.graph, id).name} has lost byte ${buffer.offset + lost} ${where}`);
  }

  private bear(id: TensorId, where: string): void {
    const buffer = this.placeOf(id, where);
    if (!buffer) return;
    const taken = this.bytesOf(id, buffer).find((owner) => owner !== FREE);
    if (taken !== undefined)
      this.faults.push(`${tensorOf(this.graph, id).name} overlaps ${this.nameOf(taken)} ${where}`);
    this.bytesOf(id, buffer).fill(id);
  }

  private write(op: Op, id: TensorId, where: string): void {
    const buffer = this.placeOf(id, where);
    if (!buffer) return;
    const victim = this.bytesOf(id, buffer).find(
      (owner) => !this.isDead(owner) && !this.mayOverwrite(op, owner, id),
    );
    if (victim !== undefined) {
      this.faults.push(`${tensorOf(this.graph, id).name} overwrites ${this.nameOf(victim)} ${where}`);
    }
    this.bytesOf(id, buffer).fill(id);
    this.busy.add(id);
  }

  private isDead(owner: number): boolean {
    if (owner === FREE) return true;
    if (owner === SCRATCH) return false;
    const id = owner as TensorId;
    return tensorOf(this.graph, id).role !== 'variable' && this.readsLeft.get(id) === 0 && !this.busy.has(id);
  }

  private mayOverwrite(op: Op, owner: number, output: TensorId): boolean {
    if (owner === output) return true;
    const operand = owner as TensorId;
    const inPlace = ruleOf(op).inPlace?.(op);
    const allowed = op.kind === 'add' ? op.inputs : [inPlace?.operand];
    // A second output, such as an ADD's mask, is written while the operands are still read.
    if (output !== (op.kind === 'add' ? op.output : inPlace?.output)) return false;
    const samePlace = bufferOf(this.plan, operand)?.offset === bufferOf(this.plan, output)?.offset;
    return allowed.includes(operand) && samePlace && this.readsLeft.get(operand) === 0;
  }

  private takeScratch(op: Op, time: number, where: string): Int32Array | undefined {
    const needed = scratchBytes(op, this.graph);
    if (needed === 0) return undefined;
    const buffer = scratchOf(this.plan, time);
    if (!buffer || buffer.bytes < needed) {
      this.faults.push(`${op.name} needs ${needed} bytes of scratch`);
      return undefined;
    }
    const bytes = this.owners.subarray(buffer.offset, buffer.offset + needed);
    if (bytes.length < needed) this.faults.push(`${buffer.name} ends beyond the arena`);
    const victim = bytes.find((owner) => !this.isDead(owner));
    if (victim !== undefined) this.faults.push(`${buffer.name} overwrites ${this.nameOf(victim)} ${where}`);
    return bytes.fill(SCRATCH);
  }

  private nameOf(owner: number): string {
    return owner === SCRATCH ? 'the scratch of the same call' : tensorOf(this.graph, owner as TensorId).name;
  }
}

/** Sentences about what would go wrong if the plan were run; empty for a sound plan. */
export const verifyPlan = (graph: Graph, plan: Plan): readonly string[] => new Replay(graph, plan).run();
