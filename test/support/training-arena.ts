import { Rng } from '#libs/base/rng';
import { at } from '#libs/base/result';
import {
  type Graph,
  type Op,
  ruleOf,
  tensorBytes,
  type TensorId,
  tensorOf,
  type Variable,
  variablesOf,
} from '#libs/model/ir';
import { mantissaBits, storedBiases, storedWeights } from '#libs/model/quant';
import { Memory, type Step } from '#libs/model/reference';
import { isForward, prepareBackward, prepareForward } from '#libs/model/reference/ops';
import {
  bufferOf,
  isRead,
  type OpCall,
  type Plan,
  rowLayoutOf,
  rowOffset,
  type Rows,
  scratchOf,
} from '#libs/firmware/planner';

/**
 * A planned training step, carried out by the reference on one arena of exactly the planned size. The arena and, before every
 * call, its scratch are full of random bytes. Every operand is fetched from where the plan says it lies, outputs and updated
 * variables are stored there; of masks, what the C kernels write (fl_mask_fill.h).
 */
export class TrainingArena {
  private readonly bytes: Uint8Array;
  private readonly rng: Rng;
  private readonly memory: Memory;

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
    seed: number,
  ) {
    this.rng = new Rng(seed);
    this.bytes = Uint8Array.from({ length: plan.peakBytes }, () => this.rng.below(256));
    this.memory = new Memory(graph);
    for (const variable of variablesOf(graph)) {
      this.begin(variable);
      this.store(variable.tensor.id);
    }
  }

  step(input: Int8Array, label: number, step: Step): void {
    this.memory.int8(at(this.graph.inputs, 0)).set(input);
    for (const [time, call] of this.plan.schedule.calls.entries()) {
      if (isRead(call)) continue;
      const op = at(this.graph.ops, call.op);
      if (op.kind === 'softmaxCrossEntropy') this.memory.bytes(op.label)[0] = label;
      if (this.call(op, call, time, step) === 'stop') return;
    }
  }

  /** Trained copies and outputs, as the arena holds them. */
  result(): readonly Uint8Array[] {
    const ids = [...variablesOf(this.graph).map(({ tensor }) => tensor.id), ...this.graph.outputs];
    return ids.map((id) => {
      this.load(id);
      return this.packed(id);
    });
  }

  private call(op: Op, { rows }: OpCall, time: number, step: Step): 'continue' | 'stop' {
    const scratch = scratchOf(this.plan, time);
    for (let i = 0; i < (scratch?.bytes ?? 0); i++) this.bytes[scratch!.offset + i] = this.rng.below(256);
    const operands = ruleOf(op).inputs(op);
    for (const id of operands) this.load(id);
    let outcome: 'continue' | 'stop' = 'continue';
    const machine = { graph: this.graph, memory: this.memory, mantissaBits: mantissaBits(this.graph) };
    if (isForward(op)) prepareForward(op, machine)();
    else outcome = prepareBackward(op, machine)(step);
    for (const id of ruleOf(op).outputs(op)) {
      if (rows && tensorOf(this.graph, id).type === 'mask') this.storeMask(op, id, rows);
      else this.store(id, rows);
    }
    const isUpdate = ruleOf(op).outputs(op).length === 0;
    for (const id of isUpdate ? operands : []) {
      if (tensorOf(this.graph, id).role === 'variable') this.store(id);
    }
    return outcome;
  }

  /** Bits of rows: an add has them in whole bytes of their own, others fill the mask first. */
  private storeMask(op: Op, id: TensorId, { from, to }: Rows): void {
    const offset = bufferOf(this.plan, id)!.offset;
    const bits = this.memory.bytes(id);
    const { shape } = tensorOf(this.graph, id);
    const perRow = (shape[2] ?? 1) * (shape[3] ?? 1);
    if (op.kind === 'add') {
      this.bytes.set(
        bits.subarray((from * perRow) / 8, Math.ceil((to * perRow) / 8)),
        offset + (from * perRow) / 8,
      );
      return;
    }
    if (from === 0) this.bytes.fill(0xff, offset, offset + bits.length);
    for (let bit = from * perRow; bit < to * perRow; bit++) {
      const isClear = ((bits[bit >> 3]! >> (bit & 7)) & 1) === 0;
      if (isClear) this.bytes[offset + (bit >> 3)]! &= ~(1 << (bit & 7));
    }
  }

  /** The value that the model gives a trained copy, in its own fraction. */
  private begin({ tensor, kind }: Variable): void {
    const stored =
      kind === 'bias' ? storedBiases(this.graph, tensor.id) : storedWeights(this.graph, tensor.id);
    const values = this.memory.value(tensor.id);
    if ('mantissas' in values) return;
    stored.forEach((value, i) => (values[i] = value * 2 ** (tensor.fractionBits ?? 0)));
  }

  private packed(id: TensorId): Uint8Array {
    const value = this.memory.value(id);
    const parts = 'mantissas' in value ? [value.mantissas, value.exponents] : [value];
    return Uint8Array.from(
      parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]),
    );
  }

  /** What the arena holds there now becomes the tensor's value. */
  private load(id: TensorId): void {
    const buffer = bufferOf(this.plan, id);
    if (!buffer) return;
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    const packed = new Uint8Array(tensorBytes(tensorOf(this.graph, id)));
    for (let y = 0; y < height; y++) {
      const offset = rowOffset(buffer, y, rowBytes);
      packed.set(this.bytes.subarray(offset, offset + rowBytes), y * rowBytes);
    }
    const value = this.memory.value(id);
    const parts = 'mantissas' in value ? [value.mantissas, value.exponents] : [value];
    let start = 0;
    for (const { buffer: memory, byteOffset, byteLength } of parts) {
      new Uint8Array(memory, byteOffset, byteLength).set(packed.subarray(start, start + byteLength));
      start += byteLength;
    }
  }

  private store(id: TensorId, rows?: Rows): void {
    const buffer = bufferOf(this.plan, id);
    if (!buffer) return;
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    const packed = this.packed(id);
    for (let y = rows?.from ?? 0; y < (rows?.to ?? height); y++) {
      this.bytes.set(packed.subarray(y * rowBytes, (y + 1) * rowBytes), rowOffset(buffer, y, rowBytes));
    }
  }
}
