import { invariant } from '#libs/base/result';
import {
  elementCount,
  type Graph,
  headLayerOf,
  isLayer,
  type LayerOp,
  layersOf,
  type Op,
  ruleOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { dspFilter } from './dsp-filter';
import { mveKernel } from './mve-filter';
import { layoutText, textId } from './layout-text';
import { ALL_NEEDS, NO_NEEDS, readsFrozen, type TrainingNeeds, trainingNeeds } from './training-needs';

/** Bytes before the first layer: see FORMATS.md. */
export const PARAMETER_HEAD_BYTES = 64;
export const PARAMETER_VERSION = 1;

/**
 * What the image must serve. `training`: every training scheme of the model, and inference; `inference`: a model without a
 * trainable classifier, or a device that never trains; `linked-dsp`: one inference program that has the image linked in, its
 * layers packed for the kernels of fl_dsp_kernels.h; `linked-mve`: the same with biases for those of fl_mve_kernels.h,
 * `linked-mve-lean`: for those of them that borrow no more memory than plain ones. Linked layouts hold for the parameters that
 * they were made from only.
 */
export type ParameterUse = 'training' | 'inference' | 'linked-dsp' | 'linked-mve' | 'linked-mve-lean';

const ELEMENT_BYTES = { int8: 1, uint8: 1, uint16: 2, int32: 4 } as const;
export type FieldType = keyof typeof ELEMENT_BYTES;
export const fieldBytes = (type: FieldType): number => ELEMENT_BYTES[type];

/** The arrays of a layer: `packed` of one for DSP kernels, otherwise the others; `head*` exist for the classifier, all but the first four only in images for training. */
export type FieldName =
  | 'packed'
  | 'weights'
  | 'bias'
  | 'multiplier'
  | 'shift'
  | 'headMultiplier'
  | 'headShift'
  | 'back'
  | 'backExponent'
  | 'weightStep'
  | 'weightStepExponent'
  | 'biasStep'
  | 'biasStepExponent'
  | 'frozen';

export interface Field {
  readonly name: FieldName;
  readonly type: FieldType;
  readonly count: number;
  /** From the beginning of the image. */
  readonly offset: number;
}

/** Where the parameters of one layer (number of N8) lie. */
export interface LayerLayout {
  readonly layer: number;
  /** The constants of the inference graph that fill `weights` and `bias`. */
  readonly weights: TensorId;
  readonly bias?: TensorId;
  readonly fields: readonly Field[];
}

/** A constant that an operator reads as it reads an activation. */
export interface ConstantLayout {
  readonly tensor: TensorId;
  readonly type: 'int8' | 'uint8';
  readonly count: number;
  /** From the beginning of the image. */
  readonly offset: number;
}

/** The layout of a model's parameter image: the same for all versions of the model that differ in parameters only. */
export interface ParameterLayout {
  /** Names the layout: first four bytes of the SHA-256 of `text`. */
  readonly id: number;
  readonly text: string;
  readonly use: ParameterUse;
  readonly bytes: number;
  readonly layers: readonly LayerLayout[];
  /** After the layers, by tensor. */
  readonly constants: readonly ConstantLayout[];
}

type Wanted = Omit<Field, 'offset'>;

/** Widest elements first after the weights, so that nothing needs padding but the frozen bitmap. */
function wantedFields(
  graph: Graph,
  op: LayerOp,
  parts: { readonly needs: TrainingNeeds; readonly head: boolean; readonly folded: boolean },
): readonly Wanted[] {
  const channels = tensorOf(graph, op.output).shape.at(-1) ?? 0;
  const each = (name: FieldName, type: FieldType): Wanted => ({ name, type, count: channels });
  const when = (condition: boolean, ...fields: readonly Wanted[]): readonly Wanted[] =>
    condition ? fields : [];
  const { back, weightStep, biasStep } = parts.needs;
  return [
    { name: 'weights', type: 'int8', count: elementCount(tensorOf(graph, op.weights).shape) },
    ...when(op.bias !== undefined || parts.folded, each('bias', 'int32')),
    each('multiplier', 'int32'),
    ...when(parts.head, each('headMultiplier', 'int32')),
    ...when(back, each('back', 'uint16')),
    ...when(weightStep, each('weightStep', 'uint16')),
    ...when(biasStep, each('biasStep', 'uint16')),
    each('shift', 'int8'),
    ...when(parts.head, each('headShift', 'int8')),
    ...when(back, each('backExponent', 'int8')),
    ...when(weightStep, each('weightStepExponent', 'int8')),
    ...when(biasStep, each('biasStepExponent', 'int8')),
    ...when(readsFrozen(parts.needs), { name: 'frozen', type: 'uint8', count: Math.ceil(channels / 8) }),
  ];
}

/** Of a layer that DSP kernels do. */
function packedFields(graph: Graph, op: LayerOp): readonly Wanted[] | undefined {
  const filter = dspFilter(graph, op);
  return filter ? [{ name: 'packed', type: 'int32', count: filter.words.length }] : undefined;
}

/** Layers and their arrays begin at multiples of 4 and of their elements. */
const LAYER_ALIGNMENT = 4;
const IMAGE_ALIGNMENT = 8;
const alignedTo = (offset: number, alignment: number): number => Math.ceil(offset / alignment) * alignment;

function placed(
  fields: readonly Wanted[],
  start: number,
): { readonly fields: readonly Field[]; readonly end: number } {
  let end = start;
  const result = fields.map((field): Field => {
    const size = fieldBytes(field.type);
    const offset = alignedTo(end, field.name === 'weights' ? LAYER_ALIGNMENT : size);
    end = offset + field.count * size;
    return { ...field, offset };
  });
  return { fields: result, end };
}

const operandsOf = (op: Op): readonly TensorId[] => (isLayer(op) ? [op.input] : ruleOf(op).inputs(op));

function placedConstants(
  graph: Graph,
  start: number,
): { readonly constants: readonly ConstantLayout[]; readonly end: number } {
  const ids = new Set(graph.ops.flatMap(operandsOf));
  let end = start;
  const constants = graph.tensors
    .filter(({ id, role }) => role === 'constant' && ids.has(id))
    .map(({ id, name, type, shape }): ConstantLayout => {
      invariant(type === 'int8' || type === 'uint8', `the operand ${name} is a constant of type ${type}`);
      const offset = alignedTo(end, LAYER_ALIGNMENT);
      const count = elementCount(shape);
      end = offset + count;
      return { tensor: id, type, count, offset };
    });
  return { constants, end };
}

/**
 * The layout for a normalised inference graph. Its parameters have no influence, its activations' scales do.
 * @param only of an image for training: the one training graph that it is for, whose program has it linked in; what that never
 *   reads is left out. Absent: for every scheme, as devices of a fleet share it.
 */
export function parameterLayout(
  inference: Graph,
  use: ParameterUse = 'training',
  only?: Graph,
): ParameterLayout {
  const ops = layersOf(inference);
  const training = use === 'training';
  const known = training && only ? trainingNeeds(only) : undefined;
  const needsOf = (layer: number): TrainingNeeds =>
    known ? (known.get(layer) ?? NO_NEEDS) : training ? ALL_NEEDS : NO_NEEDS;
  const layers: LayerLayout[] = [];
  let end = PARAMETER_HEAD_BYTES;
  ops.forEach((op, layer) => {
    const head = training && layer === headLayerOf(inference);
    const packed = use === 'linked-dsp' ? packedFields(inference, op) : undefined;
    const folded = mveKernel(inference, op, use) !== undefined;
    const place = placed(packed ?? wantedFields(inference, op, { needs: needsOf(layer), head, folded }), end);
    end = place.end;
    layers.push({
      layer,
      weights: op.weights,
      ...(op.bias === undefined ? {} : { bias: op.bias }),
      fields: place.fields,
    });
  });
  const { constants, end: last } = placedConstants(inference, end);
  const bytes = alignedTo(last, IMAGE_ALIGNMENT);
  const text = layoutText(inference, { use, layers, constants });
  return { id: textId(text), text, use, bytes, layers, constants };
}

/** Where what an inference graph, the beginning of the model, reads of the image ends. */
export function parameterEnd(prefix: Graph, { layers, constants, bytes }: ParameterLayout): number {
  const operands = new Set(prefix.ops.flatMap(operandsOf));
  if (constants.some(({ tensor }) => operands.has(tensor))) return bytes;
  const own = layers.slice(0, prefix.ops.filter(isLayer).length);
  return own
    .flatMap(({ fields }) => fields)
    .reduce(
      (end, { offset, count, type }) => Math.max(end, offset + count * fieldBytes(type)),
      PARAMETER_HEAD_BYTES,
    );
}

export const fieldOf = (layer: LayerLayout, name: FieldName): Field | undefined =>
  layer.fields.find((field) => field.name === name);

/** The offset of an array that must be there. */
export function offsetOf(layer: LayerLayout, name: FieldName): number {
  const field = fieldOf(layer, name);
  invariant(field, `layer ${layer.layer} has no ${name} in this parameter layout`);
  return field.offset;
}
