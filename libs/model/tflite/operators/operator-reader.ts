import { type Activation, elementCount, type Tensor, type TensorId } from '#libs/model/ir';
import { Refusal } from '../flatbuffer/refusal';
import type { TableView } from '../flatbuffer/table-view';
import { quoted } from '../import-error';
import { VECTOR_LIMITS } from '../limits';
import type { OperatorEntry } from '../read-model';
import { ACTIVATIONS, OPTIONS } from '../schema/enums';
import { integersOf } from './integers';

/** An operator whose tensor was refused already: there is nothing more to say about it. */
export class AlreadyRefused extends Error {}

/** What the format of one operator reads through: operands with the properties asked for, and options. */
export class OperatorReader {
  constructor(
    private readonly entry: OperatorEntry,
    /** By number; undefined where the tensor was refused. */
    private readonly tensors: readonly (Tensor | undefined)[],
  ) {}

  get name(): string {
    return this.output().name;
  }

  refuse(code: string, what: string, tensor?: Tensor): never {
    const about = tensor ? `tensor ${tensor.id} ${quoted(tensor.name)} ` : '';
    throw new Refusal(code, about + what, tensor?.id);
  }

  private tensor(number: number): Tensor {
    if (number < 0 || number >= this.tensors.length)
      return this.refuse('tflite.corrupt', `uses tensor ${number}, which the file does not have`);
    const tensor = this.tensors[number];
    if (tensor === undefined) throw new AlreadyRefused();
    return tensor;
  }

  /** Whether the operand is given: optional ones are left out at the end, or written as -1. */
  has(position: number): boolean {
    return (this.entry.inputs[position] ?? -1) !== -1;
  }

  /** Refuses operands that the compiler would ignore. */
  expectOperands(least: number, most: number): void {
    const count = this.entry.inputs.length;
    if (count < least || count > most)
      this.refuse('tflite.unsupported-option', `${count} operands; ${least} to ${most} are supported`);
  }

  private operand(position: number): Tensor {
    const number = this.entry.inputs[position] ?? -1;
    if (number === -1) return this.refuse('tflite.corrupt', `operand ${position} is missing`);
    return this.tensor(number);
  }

  /** An int8 operand with one scale. */
  input(position = 0): Tensor {
    return this.activation(this.operand(position));
  }

  /** The only output: int8 with one scale. */
  output(): Tensor {
    const [number, ...others] = this.entry.outputs;
    if (number === undefined || others.length > 0)
      return this.refuse('tflite.corrupt', `${this.entry.outputs.length} outputs instead of 1`);
    return this.activation(this.tensor(number));
  }

  private activation(tensor: Tensor): Tensor {
    if (tensor.type !== 'int8') {
      return this.refuse(
        'tflite.unsupported-type',
        `is ${tensor.type}; quantise the model to int8 throughout`,
        tensor,
      );
    }
    const scales = tensor.quantization?.scales.length ?? 0;
    if (scales === 1) return tensor;
    return this.refuse(
      'tflite.bad-quantization',
      `has ${scales} scales; activations need exactly one`,
      tensor,
    );
  }

  /** Refuses what is no map of one image: [1, height, width, channels]. */
  asMap(tensor: Tensor): Tensor {
    if (tensor.shape.length === 4 && tensor.shape[0] === 1) return tensor;
    return this.refuse(
      'tflite.bad-shape',
      `has shape [${tensor.shape.join(',')}]; [1,height,width,channels] is supported`,
      tensor,
    );
  }

  /** Constant int8 weights of `rank` dimensions, symmetric, with one scale or one for each index of `axis`. */
  weights(position: number, rank: number, axis: number): Tensor {
    const tensor = this.operand(position);
    if (tensor.type !== 'int8')
      return this.refuse(
        'tflite.unsupported-type',
        `holds ${tensor.type} weights; int8 is supported`,
        tensor,
      );
    if (tensor.data === undefined)
      return this.refuse('tflite.unsupported-option', 'holds weights that are no constant', tensor);
    if (tensor.shape.length !== rank)
      return this.refuse(
        'tflite.bad-shape',
        `has ${tensor.shape.length} dimensions instead of ${rank}`,
        tensor,
      );
    const { scales = [], zeroPoints = [], axis: given = 0 } = tensor.quantization ?? {};
    if (scales.length === 0)
      return this.refuse('tflite.bad-quantization', 'holds weights without a scale', tensor);
    if (scales.length > 1 && given !== axis) {
      return this.refuse(
        'tflite.bad-quantization',
        `has its scales on dimension ${given} instead of ${axis}`,
        tensor,
      );
    }
    if (zeroPoints.some((zeroPoint) => zeroPoint !== 0))
      return this.refuse('tflite.bad-quantization', 'has a zero point; weights are symmetric', tensor);
    return tensor;
  }

  /** The constant int32 bias for `channels` outputs, or undefined where there is none. */
  bias(position: number, channels: number): TensorId | undefined {
    if (!this.has(position)) return undefined;
    const tensor = this.operand(position);
    if (tensor.type !== 'int32')
      return this.refuse(
        'tflite.unsupported-type',
        `is a bias of ${tensor.type}; int32 is supported`,
        tensor,
      );
    if (tensor.data === undefined)
      return this.refuse('tflite.unsupported-option', 'is a bias that is no constant', tensor);
    if (elementCount(tensor.shape) === channels) return tensor.id;
    return this.refuse(
      'tflite.bad-shape',
      `has ${elementCount(tensor.shape)} biases for ${channels} channels`,
      tensor,
    );
  }

  /** The numbers of a constant int32 or int64 operand: a shape, or borders. */
  integers(position: number): readonly number[] {
    const tensor = this.operand(position);
    const count = elementCount(tensor.shape);
    if (count > VECTOR_LIMITS.dimensions) {
      return this.refuse(
        'tflite.bad-shape',
        `has ${count} elements; at most ${VECTOR_LIMITS.dimensions} are needed`,
        tensor,
      );
    }
    return (
      integersOf(tensor) ??
      this.refuse('tflite.unsupported-option', 'is no constant of int32 or int64', tensor)
    );
  }

  /**
   * Refuses a change of quantisation in an operator that only moves values.
   * The tolerance is that of TensorFlow Lite's pooling (pooling.cc: 1e-6), which copies the values all the same.
   */
  expectSameQuantization(input: Tensor, output: Tensor): void {
    const scaleGap = Math.abs((input.quantization?.scales[0] ?? 0) - (output.quantization?.scales[0] ?? 0));
    if (scaleGap <= 1e-6 && input.quantization?.zeroPoints[0] === output.quantization?.zeroPoints[0]) return;
    this.refuse(
      'tflite.bad-quantization',
      'is quantised unlike the input, but the operator does not rescale',
      output,
    );
  }

  /** The options table; undefined where the file leaves it out. */
  options(type: number): TableView | undefined {
    const { optionsType, options } = this.entry;
    if (optionsType === type) return options;
    if (optionsType === OPTIONS.none) return undefined;
    return this.refuse('tflite.corrupt', `carries options of type ${optionsType} instead of ${type}`);
  }

  /** The options table of an operator that can't do without. */
  requiredOptions(type: number): TableView {
    return this.options(type) ?? this.refuse('tflite.corrupt', 'carries no options');
  }

  fusedActivation(options: TableView | undefined, field: number): Activation {
    const code = options?.i8(field) ?? 0;
    return (
      ACTIVATIONS.get(code) ??
      this.refuse(
        'tflite.unsupported-option',
        `fused activation ${code}; NONE, RELU, RELU6 and RELU_N1_TO_1 are supported`,
      )
    );
  }
}
