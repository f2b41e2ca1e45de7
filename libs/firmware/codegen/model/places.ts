import { at, invariant } from '#libs/base/result';
import { type Graph, type LayerOp, type Op, producerOf, type TensorId, tensorOf } from '#libs/model/ir';
import { bufferOf, type Plan, type Ring, rowLayoutOf, type Stowage } from '#libs/firmware/planner';
import { mveKernel, type MveKernel, usesMve } from '../parameters/mve-filter';
import { fieldOf, type LayerLayout, offsetOf, type ParameterLayout } from '../parameters/layout';
import { Identifiers, shownName } from './names';
import { distanceText, type RowNumber } from './row-text';

/** Where a tensor lies when the generated code runs. */
export type Place =
  | { readonly in: 'arena'; readonly offset: number }
  | { readonly in: 'parameters'; readonly offset: number }
  | { readonly in: 'input' }
  | { readonly in: 'argument' };

/** Answers where tensors are, and names their arena offsets. */
export class Places {
  private readonly identifiers = new Identifiers();
  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
    private readonly layout: ParameterLayout,
  ) {}

  of(id: TensorId): Place {
    const tensor = tensorOf(this.graph, id);
    if (tensor.role === 'label' || tensor.role === 'loss') return { in: 'argument' };
    if (tensor.role === 'constant') return { in: 'parameters', offset: this.parameterOffset(id) };
    const buffer = bufferOf(this.plan, id);
    if (buffer) return { in: 'arena', offset: buffer.offset };
    return tensor.role === 'input' ? { in: 'input' } : this.of(this.reshaped(id));
  }

  /** How a tensor lies in the arena of which only some rows are kept. */
  ringOf(id: TensorId): Ring | undefined {
    return bufferOf(this.plan, id)?.ring;
  }

  /** Of how many channels there is place, where only some of a gradient are kept. */
  planesOf(id: TensorId): number | undefined {
    return bufferOf(this.plan, id)?.planes;
  }

  /** What lies in the sums of an operator while these are made. */
  stowagesOf(op: Op): readonly Stowage[] {
    return (this.plan.stowages ?? []).filter((each) => this.graph.ops[each.op] === op);
  }

  /** ` + ...`: how far a row lies from where the tensor begins. */
  rowDistance(id: TensorId, row: RowNumber): string {
    const ring = this.ringOf(id);
    const { step, shift } = ring?.slot ?? { step: 1, shift: 0 };
    const place = { of: row.of, step: row.step * step, shift: row.shift * step + shift };
    return distanceText(place, ring?.rowBytes ?? rowLayoutOf(this.graph, id).rowBytes, ring?.rows);
  }

  /** The enumerator of an arena offset. */
  label(id: TensorId): string {
    return `AT_${this.identifiers.of(String(id), tensorOf(this.graph, id).name).toUpperCase()}`;
  }

  /** Are layers packed for DSP kernels, where those can do them? */
  get usesDsp(): boolean {
    return this.layout.use === 'linked-dsp';
  }

  /** Are biases for the kernels with vector instructions, where those can do a layer? */
  get usesMve(): boolean {
    return usesMve(this.layout.use);
  }

  /** Undefined: a layer has no kernel with vector instructions, or the program none. */
  mveKernel(op: LayerOp): MveKernel | undefined {
    return mveKernel(this.graph, op, this.layout.use);
  }

  /** The layout of the layer with number `layer` (N8). */
  layer(layer: number): LayerLayout {
    return at(this.layout.layers, layer);
  }

  /** For comments: type, shape and place. */
  describe(id: TensorId): string {
    const { name, type, shape } = tensorOf(this.graph, id);
    const place = this.of(id);
    const where = { arena: '@', parameters: 'in parameters @', input: 'input', argument: 'by value' }[
      place.in
    ];
    return `${shownName(name)} ${type}[${shape.join(',')}] ${where}${'offset' in place ? place.offset : ''}`;
  }

  /** The place of the start value of a variable, or of a constant that is used as it is. */
  parameterOffset(id: TensorId): number {
    const constant = tensorOf(this.graph, id).startsFrom ?? id;
    const operand = this.layout.constants.find(({ tensor }) => tensor === constant);
    if (operand) return operand.offset;
    const layer = this.layout.layers.find(({ weights, bias }) => weights === constant || bias === constant);
    invariant(layer, `constant ${tensorOf(this.graph, id).name} is in no layer of the parameter layout`);
    if (fieldOf(layer, 'packed')) return offsetOf(layer, 'packed');
    return offsetOf(layer, layer.weights === constant ? 'weights' : 'bias');
  }

  /** The operand behind a RESHAPE of something that is not in the arena. */
  private reshaped(id: TensorId): TensorId {
    const producer = producerOf(this.graph, id);
    invariant(producer?.kind === 'reshape', `tensor ${tensorOf(this.graph, id).name} has no place`);
    return producer.input;
  }
}
