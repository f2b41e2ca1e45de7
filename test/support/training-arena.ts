import { Rng } from '#libs/base/rng';
import { at, invariant } from '#libs/base/result';
import {
  elementCount,
  type Graph,
  isLoss,
  type InputGradient,
  type Op,
  ruleOf,
  type SaveInput,
  tensorBytes,
  type TensorId,
  tensorOf,
  type Variable,
  variablesOf,
} from '#libs/model/ir';
import { mantissaBits, storedBiases, storedWeights } from '#libs/model/quant';
import { Memory, type Step, type Value } from '#libs/model/reference';
import { isForward, prepareBackward, prepareForward } from '#libs/model/reference/ops';
import {
  bufferOf,
  type Channels,
  channelScratchBytes,
  isRead,
  type OpCall,
  type Plan,
  rowLayoutOf,
  rowOffset,
  type Rows,
  scratchOf,
} from '#libs/firmware/planner';

interface Taken {
  readonly planes: Map<number, { readonly mantissas: Int8Array | Int16Array; readonly exponent: number }>;
  readonly weights: Map<string, number>;
  noise: Uint8Array;
}

/** What a value is made of, in the order of its bytes: exponents begin at an even one. */
function partsOf(value: Value): readonly (Uint8Array | Exclude<Value, { mantissas: unknown }>)[] {
  if (!('mantissas' in value)) return [value];
  const { mantissas, exponents } = value;
  return [mantissas, new Uint8Array(mantissas.byteLength % 2), exponents];
}

/**
 * A planned training step, carried out by the reference on one arena of exactly the planned size. The arena and, before every
 * call, its scratch are full of random bytes. Every operand is fetched from where the plan says it lies, outputs and updated
 * variables are stored there; of masks, what the C kernels write (fl_mask_fill.h).
 */
export class TrainingArena {
  private readonly bytes: Uint8Array;
  private readonly rng: Rng;
  private readonly memory: Memory;
  /** What sums over channels have been given so far. */
  private taken: Taken = { planes: new Map(), weights: new Map(), noise: new Uint8Array() };
  /** What lies in the sums of an operator, by the place to which it comes back. */
  private stowed = new Map<number, Uint8Array>();

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
      if (isLoss(op)) this.memory.bytes(op.label)[0] = label;
      this.call(op, call, time, step);
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

  private call(op: Op, call: OpCall, time: number, step: Step): void {
    const { rows, channels, stage } = call;
    const scratch = scratchOf(this.plan, time);
    const taken = scratch ? channelScratchBytes(op, this.graph, call, this.plan.kernels) : 0;
    for (let i = 0; i < Math.min(taken, scratch?.bytes ?? 0); i++)
      this.bytes[scratch!.offset + i] = this.rng.below(256);
    if (op.kind === 'inputGradient' && op.accumulation === 'running' && (channels ?? stage)) {
      if (stage === 'finish') this.stowed.forEach((bytes, offset) => this.bytes.set(bytes, offset));
      this.sum(op, call, step);
      if (stage === 'begin') this.stow(call);
      return;
    }
    const operands = ruleOf(op).inputs(op);
    for (const id of operands) this.load(id, channels);
    if (channels) return this.callChannels(op, channels, step);
    if (isForward(op)) prepareForward(op, this.machine())();
    else prepareBackward(op, this.machine())(step);
    for (const id of ruleOf(op).outputs(op)) {
      if (rows && tensorOf(this.graph, id).type === 'mask') this.storeMask(op, id, rows);
      else if (rows && op.kind === 'saveInput') this.storeSaved(op, rows);
      else this.store(id, rows);
    }
    const isUpdate = ruleOf(op).outputs(op).length === 0;
    for (const id of isUpdate ? operands : []) {
      if (tensorOf(this.graph, id).role === 'variable') this.store(id);
    }
  }

  /** Noise takes the place of what is stowed. */
  private stow({ op }: OpCall): void {
    const own = (this.plan.stowages ?? []).filter((each) => each.op === op);
    this.stowed = new Map(
      own.map(({ tensor, bytes }) => {
        const { offset } = bufferOf(this.plan, tensor)!;
        const place = this.bytes.subarray(offset, offset + bytes);
        const kept = place.slice();
        place.forEach((_, i) => (place[i] = this.rng.below(256)));
        return [offset, kept] as const;
      }),
    );
  }

  private machine(): Parameters<typeof prepareBackward>[1] {
    return { graph: this.graph, memory: this.memory, mantissaBits: mantissaBits(this.graph) };
  }

  /** The reference does all channels, most of them from whatever was there; only those of the call are kept. */
  private callChannels(op: Op, channels: Channels, step: Step): void {
    invariant(!isForward(op), `${op.name} is of the backward half`);
    const operands = ruleOf(op).inputs(op);
    const updated = ruleOf(op).outputs(op).length > 0 ? [] : operands.filter((id) => this.isVariable(id));
    const before = updated.map((id) => this.elements(id).slice());
    prepareBackward(op, this.machine())(step);
    updated.forEach((id, i) => {
      const elements = this.elements(id);
      elements.forEach((_, element) => {
        if (!this.isOfChannels(id, element, channels)) elements[element] = at(at(before, i), element);
      });
      this.store(id);
    });
    for (const id of ruleOf(op).outputs(op)) this.store(id, undefined, channels);
  }

  /**
   * Sums over channels: each call takes what it would add, and writes noise where the sums lie, which must still be there when
   * the next one comes. What was taken is summed by the reference at the end.
   */
  private sum(op: InputGradient, { channels, stage }: OpCall, step: Step): void {
    const { offset } = bufferOf(this.plan, op.output)!;
    const noise = this.bytes.subarray(
      offset,
      offset + 4 * elementCount(tensorOf(this.graph, op.output).shape),
    );
    if (stage === 'begin') this.taken = { planes: new Map(), weights: new Map(), noise: new Uint8Array() };
    else invariant(Buffer.compare(noise, this.taken.noise) === 0, `${op.name} has lost its sums`);
    for (let i = 0; i < noise.length; i++) noise[i] = this.rng.below(256);
    this.taken.noise = noise.slice();
    const weights = [op.weights, ...(op.trainedWeights === undefined ? [] : [op.trainedWeights])];
    for (const id of [op.gradient, ...weights]) if (channels) this.load(id, channels);
    const gradient = this.memory.blockFloat(op.gradient);
    const pixels = gradient.mantissas.length / gradient.exponents.length;
    for (let c = channels?.from ?? 0; c < (channels?.to ?? 0); c++) {
      this.taken.planes.set(c, {
        mantissas: gradient.mantissas.slice(c * pixels, (c + 1) * pixels),
        exponent: at(gradient.exponents, c),
      });
      for (const id of weights) {
        this.elements(id).forEach((value, element) => {
          if (this.isOfChannels(id, element, { from: c, to: c + 1 }))
            this.taken.weights.set(`${id} ${element}`, value);
        });
      }
    }
    if (stage !== 'finish') return;
    for (const [c, { mantissas, exponent }] of this.taken.planes) {
      gradient.mantissas.set(mantissas, c * pixels);
      gradient.exponents[c] = exponent;
    }
    const now = weights.map((id) => this.elements(id).slice());
    for (const id of weights) {
      const elements = this.elements(id);
      elements.forEach((_, element) => (elements[element] = this.taken.weights.get(`${id} ${element}`) ?? 0));
    }
    for (const id of [op.mask, op.skip?.gradient]) if (id !== undefined) this.load(id);
    prepareBackward(op, this.machine())(step);
    weights.forEach((id, i) => this.elements(id).set(at(now, i)));
    this.store(op.output);
  }

  private isVariable(id: TensorId): boolean {
    return tensorOf(this.graph, id).role === 'variable';
  }

  private elements(id: TensorId): Int8Array | Int16Array | Int32Array {
    const value = this.memory.value(id);
    invariant(!('mantissas' in value) && !(value instanceof Float32Array), 'parameters are integers');
    return value as Int8Array | Int16Array | Int32Array;
  }

  /** Is an element of weights or biases one of these output channels? Depthwise weights have them last, others first. */
  private isOfChannels(id: TensorId, element: number, { from, to }: Channels): boolean {
    const { shape } = tensorOf(this.graph, id);
    const [first = 1] = shape;
    const isDepthwise = this.graph.ops.some(
      (op) => op.kind === 'depthwiseConv2d' && (op.weights === id || op.trainedWeights === id),
    );
    const channel = isDepthwise
      ? element % (shape.at(-1) ?? 1)
      : Math.floor(element / (elementCount(shape) / first));
    return from <= channel && channel < to;
  }

  /** The pixels of some rows, in every plane. */
  private storeSaved({ input, output }: SaveInput, { from, to }: Rows): void {
    const { offset } = bufferOf(this.plan, output)!;
    const width = at(tensorOf(this.graph, input).shape, 2);
    const [planes = 0, pixels = 0] = tensorOf(this.graph, output).shape;
    const saved = this.packed(output);
    for (let plane = 0; plane < planes; plane++) {
      const start = plane * pixels + from * width;
      this.bytes.set(saved.subarray(start, plane * pixels + to * width), offset + start);
    }
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
    const parts = partsOf(value);
    return Uint8Array.from(
      parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]),
    );
  }

  /** What the arena holds there now becomes the tensor's value: of a gradient that passes by channels, those of the call. */
  private load(id: TensorId, channels?: Channels): void {
    const buffer = bufferOf(this.plan, id);
    if (!buffer) return;
    if (buffer.planes !== undefined) return this.movePlanes(id, channels!, 'load');
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    const packed = new Uint8Array(tensorBytes(tensorOf(this.graph, id)));
    for (let y = 0; y < height; y++) {
      const offset = rowOffset(buffer, y, rowBytes);
      packed.set(this.bytes.subarray(offset, offset + rowBytes), y * rowBytes);
    }
    const value = this.memory.value(id);
    const parts = partsOf(value);
    let start = 0;
    for (const { buffer: memory, byteOffset, byteLength } of parts) {
      new Uint8Array(memory, byteOffset, byteLength).set(packed.subarray(start, start + byteLength));
      start += byteLength;
    }
  }

  /** Planes and exponents of some channels. */
  private movePlanes(id: TensorId, { from, to }: Channels, how: 'load' | 'store'): void {
    const { offset, planes } = bufferOf(this.plan, id)!;
    const { mantissas, exponents } = this.memory.blockFloat(id);
    const pixels = mantissas.length / exponents.length;
    const count = planes ?? exponents.length;
    const each = mantissas.BYTES_PER_ELEMENT;
    const padding = (each * count * pixels) % 2;
    const move = (value: Int8Array | Int16Array, place: number): void => {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      const here = this.bytes.subarray(place, place + bytes.length);
      if (how === 'load') bytes.set(here);
      else here.set(bytes);
    };
    for (let c = from; c < to; c++) {
      const own = c % count;
      move(mantissas.subarray(c * pixels, (c + 1) * pixels), offset + each * own * pixels);
      move(exponents.subarray(c, c + 1), offset + each * count * pixels + padding + 2 * own);
    }
  }

  private store(id: TensorId, rows?: Rows, channels?: Channels): void {
    const buffer = bufferOf(this.plan, id);
    if (!buffer) return;
    if (channels) return this.movePlanes(id, channels, 'store');
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    const packed = this.packed(id);
    for (let y = rows?.from ?? 0; y < (rows?.to ?? height); y++) {
      this.bytes.set(packed.subarray(y * rowBytes, (y + 1) * rowBytes), rowOffset(buffer, y, rowBytes));
    }
  }
}
