import { at, err, fault, type Fault, invariant, ok, type Result, unreachable } from '#libs/base/result';
import { bytesOf, ByteWriter, equalBytes, sha256 } from '#libs/base/bytes';
import { type Graph, type Head, type LayerOp, layersOf, type TensorId, tensorOf } from '#libs/model/ir';
import {
  canonicalOrder,
  type ChannelMultipliers,
  headConstants,
  requantConstants,
  storedBiases,
  storedWeights,
  type TrainingConstants,
  trainingConstants,
} from '#libs/model/quant';
import { type DspFilter, dspFilter } from './dsp-filter';
import { mveBiases, mveKernel } from './mve-filter';
import {
  type Field,
  fieldBytes,
  type LayerLayout,
  parameterLayout,
  type ParameterLayout,
  type ParameterUse,
} from './layout';
import { PARAMETER_HEAD_BYTES, PARAMETER_VERSION } from './layout';

/** 'FLPI', little-endian. */
const MAGIC = 0x49504c46;
const DIGEST_OFFSET = 32;

type Values = ArrayLike<number>;

/** The constants of one layer, computed when first asked for. */
class LayerConstants {
  constructor(
    private readonly graph: Graph,
    private readonly op: LayerOp,
    private readonly layer: number,
    private readonly use: ParameterUse,
  ) {}

  packed(): DspFilter {
    const filter = dspFilter(this.graph, this.op);
    invariant(filter, `${this.op.name} is not packed`);
    return filter;
  }

  /** Depthwise weights channel by channel (canonical order), all others as the model file has them. */
  weights(): Values {
    const stored = storedWeights(this.graph, this.op.weights);
    if (this.op.kind !== 'depthwiseConv2d') return stored;
    const ordered = new Int8Array(stored.length);
    canonicalOrder(this.op.kind, tensorOf(this.graph, this.op.weights).shape).forEach((to, from) => {
      ordered[to] = at(stored, from);
    });
    return ordered;
  }

  bias(): Values {
    const { graph, op, use } = this;
    if (mveKernel(graph, op, use) !== undefined) return mveBiases(graph, op);
    invariant(this.op.bias !== undefined, `${this.op.name} has no bias`);
    return storedBiases(this.graph, this.op.bias);
  }

  requant(): ChannelMultipliers {
    invariant(this.op.kind !== 'head', 'images are made from inference graphs');
    return requantConstants(this.graph, this.op);
  }

  head(): ChannelMultipliers {
    const { name, input, weights, bias, output } = this.op;
    invariant(bias !== undefined, `${name} has no bias`);
    const head: Head = { kind: 'head', name, layer: this.layer, input, weights, bias, output };
    return headConstants(this.graph, head);
  }

  training(): TrainingConstants {
    return trainingConstants(this.graph, this.layer);
  }
}

/** Flags packed LSB first. */
const bitmap = (flags: Uint8Array): Values =>
  Uint8Array.from({ length: Math.ceil(flags.length / 8) }, (_, byte) =>
    Array.from({ length: 8 }, (_unused, bit) => ((flags[8 * byte + bit] ?? 0) !== 0 ? 1 << bit : 0)).reduce(
      (a, b) => a | b,
      0,
    ),
  );

function valuesOf(field: Field, constants: LayerConstants): Values {
  switch (field.name) {
    case 'packed':
      return constants.packed().words;
    case 'weights':
      return constants.weights();
    case 'bias':
      return constants.bias();
    case 'multiplier':
      return constants.requant().multipliers;
    case 'shift':
      return constants.requant().shifts;
    case 'headMultiplier':
      return constants.head().multipliers;
    case 'headShift':
      return constants.head().shifts;
    case 'back':
      return constants.training().gradient.mantissas;
    case 'backExponent':
      return constants.training().gradient.exponents;
    case 'weightStep':
      return constants.training().weightStep.mantissas;
    case 'weightStepExponent':
      return constants.training().weightStep.exponents;
    case 'biasStep':
      return constants.training().biasStep.mantissas;
    case 'biasStepExponent':
      return constants.training().biasStep.exponents;
    case 'frozen':
      return bitmap(constants.training().frozen);
    default:
      return unreachable(field.name);
  }
}

function writeField(writer: ByteWriter, field: Field, values: Values): void {
  invariant(
    values.length === field.count,
    `${field.name}: ${values.length} values for ${field.count} places`,
  );
  invariant(
    writer.length <= field.offset,
    `${field.name} begins at ${field.offset}, ${writer.length} are written`,
  );
  writer.bytes(new Uint8Array(field.offset - writer.length));
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i);
    if (fieldBytes(field.type) === 1) writer.u8(value);
    else if (fieldBytes(field.type) === 2) writer.u16(value);
    else writer.i32(value);
  }
}

function constantBytes(graph: Graph, id: TensorId): Uint8Array {
  const { data, name } = tensorOf(graph, id);
  invariant(data, `constant ${name} has no data`);
  return data;
}

function bodyOf(inference: Graph, layout: ParameterLayout): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(new Uint8Array(PARAMETER_HEAD_BYTES));
  const ops = layersOf(inference);
  layout.layers.forEach(({ layer, fields }: LayerLayout) => {
    const constants = new LayerConstants(inference, at(ops, layer), layer, layout.use);
    for (const field of fields) writeField(writer, field, valuesOf(field, constants));
  });
  for (const { tensor, count, offset } of layout.constants) {
    const values = constantBytes(inference, tensor);
    invariant(values.length === count, `constant ${tensor}: ${values.length} values for ${count} places`);
    writer.bytes(new Uint8Array(offset - writer.length));
    writer.bytes(values);
  }
  writer.align(8);
  return writer.finish();
}

/**
 * The parameter image of a model version (FORMATS.md). One image serves every scheme and every device; `only`: as in
 * `parameterLayout`.
 */
export function packParameters(inference: Graph, use: ParameterUse = 'training', only?: Graph): Uint8Array {
  const layout = parameterLayout(inference, use, only);
  const image = bodyOf(inference, layout);
  invariant(image.length === layout.bytes, `image of ${image.length} bytes, layout of ${layout.bytes}`);
  const head = new ByteWriter();
  head.u32(MAGIC);
  head.u16(PARAMETER_VERSION);
  head.u16(PARAMETER_HEAD_BYTES);
  head.u32(image.length);
  head.u32(layout.id);
  head.u32(layout.layers.length);
  head.u32(use === 'training' ? 1 : 0);
  head.u32(0);
  head.u32(0);
  head.bytes(sha256(image.subarray(PARAMETER_HEAD_BYTES)));
  image.set(bytesOf(head.finish()));
  return image;
}

export interface ParameterFault extends Fault {
  readonly code: 'parameters.no-image' | 'parameters.other-layout' | 'parameters.damaged';
}

/** Is this an image that code generated for `layout` can read? The same checks as on the device (check_parameters.c). */
export function checkParameters(image: Uint8Array, layout: ParameterLayout): Result<void, ParameterFault> {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const isImage = image.length >= PARAMETER_HEAD_BYTES && view.getUint32(0, true) === MAGIC;
  if (!isImage || view.getUint16(4, true) !== PARAMETER_VERSION)
    return err(fault('parameters.no-image', 'no parameter image'));
  if (
    view.getUint32(8, true) !== image.length ||
    image.length !== layout.bytes ||
    view.getUint32(12, true) !== layout.id
  ) {
    return err(fault('parameters.other-layout', 'a parameter image of another model'));
  }
  const digest = image.subarray(DIGEST_OFFSET, PARAMETER_HEAD_BYTES);
  const intact = equalBytes(sha256(image.subarray(PARAMETER_HEAD_BYTES)), digest);
  return intact
    ? ok(undefined)
    : err(fault('parameters.damaged', 'a parameter image whose digest does not match'));
}
