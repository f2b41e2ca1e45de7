import { invariant } from '#libs/base/result';
import {
  type Conv2d,
  type DepthwiseConv2d,
  type Graph,
  type LayerOp,
  layersOf,
  type Op,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import {
  channelRuleOf,
  elementsOf,
  extentOf,
  lentTogether,
  type PlannedBuffer,
  rowLayoutOf,
  type Stowage,
} from '#libs/firmware/planner';
import { type FieldName, fieldOf, offsetOf } from '../parameters/layout';
import type { Declarations } from './declarations';
import { shownName } from './names';
import type { Places } from './places';
import { ROW, type RowNumber } from './row-text';

/** A call in a loop over channels: for those of `group`, or what comes before and after all of them. */
export type ChannelCall = 'group' | 'begin' | 'finish';

/** The operator that is being written, and what it may need. */
export interface ScopeParts {
  readonly graph: Graph;
  readonly places: Places;
  readonly declarations: Declarations;
  readonly op: Op;
  readonly identifierOf: (op: Op) => string;
  readonly scratch: PlannedBuffer | undefined;
  /** Where it runs for some channels, or begins or ends sums over them. */
  readonly part?: ChannelCall;
  /** Where the operator runs in a loop, a row of its output (of its input, where it reduces) each time: how often. */
  readonly rowCalls?: number;
}

/** What an emitter may use while it writes the call of one operator. */
export class Scope {
  readonly graph: Graph;
  readonly places: Places;
  readonly declarations: Declarations;

  constructor(private readonly parts: ScopeParts) {
    this.graph = parts.graph;
    this.places = parts.places;
    this.declarations = parts.declarations;
  }

  /** C identifier of the operator. */
  get name(): string {
    return this.parts.identifierOf(this.parts.op);
  }

  /** C identifier of another operator. */
  operatorName(op: Op): string {
    return this.parts.identifierOf(op);
  }

  /** A pointer expression of C type `type` (const where the tensor is not in the arena). */
  pointer(id: TensorId, type: 's8' | 's16' | 's32'): string {
    const place = this.places.of(id);
    switch (place.in) {
      case 'arena':
        return `fl_${type}(arena, ${this.places.label(id)})`;
      case 'parameters':
        return `fl_const_${type}(parameters, ${place.offset})`;
      case 'input':
        return 'input';
      case 'argument':
        throw new Error(`tensor ${tensorOf(this.graph, id).name} is passed by value`);
    }
  }

  /** Set where the call is one of several, of which each computes row `row`: how many. */
  get rowCalls(): number | undefined {
    return this.parts.rowCalls;
  }

  /** Set where the call is part of a loop over channels. */
  get part(): ChannelCall | undefined {
    return this.parts.part;
  }

  /** The `fl_channels` of a call that counts those of `gradient`: all, or the `group` of a loop. */
  channels(gradient: TensorId): string {
    return this.part === 'group' ? 'group' : `(fl_channels){0, ${this.extent(gradient, 0)}}`;
  }

  /** The first element of what a call covers: of the whole tensor, or of its row `row`. */
  run(id: TensorId): string {
    return this.rowCalls === undefined ? this.pointer(id, 's8') : this.rowPointer(id, ROW);
  }

  /** How many elements that is. */
  runLength(id: TensorId): number {
    const { height } = rowLayoutOf(this.graph, id);
    return elementsOf(this.graph, id) / (this.rowCalls === undefined ? 1 : height);
  }

  /** Where a row of a tensor begins. */
  rowPointer(id: TensorId, row: RowNumber): string {
    return `${this.pointer(id, 's8')}${this.places.rowDistance(id, row)}`;
  }

  /** The fields of an fl_band that say where a map is: its first row and how many rows there are; `row` is the one that is met. */
  mapOf(id: TensorId, row: RowNumber): string {
    const ring = this.places.ringOf(id);
    if (ring?.slot) return `${this.rowPointer(id, row)}, 1`;
    return `${this.pointer(id, 's8')}, ${ring?.rows ?? this.extent(id, 1)}`;
  }

  /** A pointer to element `start` of a tensor. */
  element(id: TensorId, start: number): string {
    const base = this.pointer(id, 's8');
    return start === 0 ? base : `${base} + ${start}`;
  }

  /** A clamp mask, or NULL. */
  mask(id: TensorId | undefined): string {
    return id === undefined ? 'NULL' : this.bytes(id);
  }

  /** `mantissas`: as gradients are stored. */
  scratch(type: 's16' | 's32' | 'mantissas'): string {
    const { scratch } = this.parts;
    invariant(scratch, `${this.name} has no scratch in the plan`);
    return `fl_${type}(arena, ${scratch.offset})`;
  }

  /** Output pixels of a convolution, channels of a depthwise one, that its scratch is for. */
  together(op: Conv2d | DepthwiseConv2d): number {
    const { op: own, scratch } = this.parts;
    return lentTogether(op, this.graph, own === op ? (scratch?.bytes ?? 0) : 0);
  }

  /** A gradient [C, P] by value: whole, or from the first channel of the call's group on where it is taken or given by channels. */
  gradient(id: TensorId): string {
    const [channels, pixels] = tensorOf(this.graph, id).shape;
    const place = `arena, ${this.places.label(id)}`;
    const planes = this.places.planesOf(id);
    if (planes !== undefined) return `fl_planes_at(${place}, ${planes}, ${channels}, ${pixels})`;
    return this.part === 'group' && this.goesByChannels(id)
      ? `fl_channels_at(${place}, ${channels}, ${pixels}, group.first)`
      : `fl_gradient_at(${place}, ${channels}, ${pixels})`;
  }

  private goesByChannels(id: TensorId): boolean {
    const rule = channelRuleOf(this.parts.op, this.graph);
    return rule !== undefined && (rule.writes === id || rule.reads.includes(id));
  }

  /** What lies in the operator's sums while these are made, one piece behind the other. */
  get stowages(): readonly Stowage[] {
    return this.places.stowagesOf(this.parts.op);
  }

  /** A byte pointer to what lies in the arena. */
  bytes(id: TensorId): string {
    return `arena + ${this.places.label(id)}`;
  }

  layer(layer: number): LayerOp {
    const op = layersOf(this.graph)[layer];
    invariant(op, `${this.graph.name} has no layer ${layer}`);
    return op;
  }

  extent(id: TensorId, axis: number): number {
    return extentOf(this.graph, id, axis);
  }

  zeroPoint(id: TensorId): number {
    return tensorOf(this.graph, id).quantization?.zeroPoints[0] ?? 0;
  }

  /** The call that gives the training constants of a layer (N0) by value. */
  training(layer: number): string {
    const name = `layer_${layer}_training`;
    this.declarations.add(name, () => this.trainingFunction(name, layer));
    return `${name}(parameters)`;
  }

  private trainingFunction(name: string, layer: number): string {
    const place = this.places.layer(layer);
    /** An image for this program alone leaves out what it never reads. */
    const array = (type: 'u16' | 's8', field: FieldName): string =>
      fieldOf(place, field) ? `fl_const_${type}(parameters, ${offsetOf(place, field)})` : 'NULL';
    const frozen = fieldOf(place, 'frozen') ? `parameters + ${offsetOf(place, 'frozen')}` : 'NULL';
    return [
      `/* ${shownName(this.layer(layer).name)} */`,
      // Apart, because calls of a layer share it: as part of them its addresses are spilled.
      `static __attribute__((noinline)) fl_training ${name}(const uint8_t *parameters) {`,
      `  return (fl_training){.id = ${layer},`,
      `                       .back = ${array('u16', 'back')},`,
      `                       .back_exponent = ${array('s8', 'backExponent')},`,
      `                       .weight_step = ${array('u16', 'weightStep')},`,
      `                       .weight_step_exponent = ${array('s8', 'weightStepExponent')},`,
      `                       .bias_step = ${array('u16', 'biasStep')},`,
      `                       .bias_step_exponent = ${array('s8', 'biasStepExponent')},`,
      `                       .frozen = ${frozen}};`,
      '}',
    ].join('\n');
  }
}
