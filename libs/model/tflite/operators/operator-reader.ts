import { type Activation, elementCount, type FileType, type Tensor, type TensorId } from '#libs/model/ir';
import { Refusal } from '../flatbuffer/refusal';
import type { TableView } from '../flatbuffer/table-view';
import { quoted } from '../import-error';
import type { ImportedTensor } from '../import-tensors';
import { VECTOR_LIMITS } from '../limits';
import type { OperatorEntry } from '../read-model';
import { ACTIVATIONS, OPTIONS } from '../schema/enums';
import { integersOf } from './integers';

/** What would have to be done so that a tensor of that type suits. */
const INSTEAD: Partial<Record<string, string>> = {
  float32: 'the model needs full integer quantisation (int8 activations and weights)',
  int16: '16-bit activations are not supported; quantise activations to int8',
  uint8:
    'quantise to int8 (a uint8 input needs a QUANTIZE to int8 behind it; outputs must be int8 or float32)',
};

/**
 * What the format of one operator reads through: operands with the properties asked for, and options.
 *
 * What keeps the rest from being understood is thrown (`refuse`); what does not is noted (`report`), so that one answer
 * names everything that is wrong with the operator.
 */
export class OperatorReader {
  private readonly reported: Refusal[] = [];
  private usesRefused = false;

  constructor(
    private readonly entry: OperatorEntry,
    /** By number. */
    private readonly tensors: readonly ImportedTensor[],
  ) {}

  get builtin(): number {
    return this.entry.builtin;
  }

  get operandCount(): number {
    return this.entry.inputs.length;
  }

  /** Runs `read` and gives what it gives, or every reason why not. */
  collect<O>(read: (operator: this) => O): { readonly op?: O; readonly problems: readonly Refusal[] } {
    const op = this.attempt(() => read(this));
    // An operand that is looked at twice is complained about twice.
    const distinct = new Map(this.reported.map((refusal) => [refusal.message, refusal]));
    const problems = [...distinct.values()].filter((refusal) => this.isNews(refusal));
    const isSound = this.reported.length === 0 && !this.usesRefused && op !== undefined;
    return { problems, ...(isSound && { op }) };
  }

  private attempt<O>(read: () => O): O | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.reported.push(error);
      return undefined;
    }
  }

  /** About a tensor that was refused there is nothing more to say, nor about how it fits together with others. */
  private isNews({ code, tensor }: Refusal): boolean {
    if (tensor !== undefined) return !this.tensors[tensor]?.isRefused;
    return !this.usesRefused || code === 'tflite.unsupported-option';
  }

  private refusal(code: string, what: string, tensor?: Tensor): Refusal {
    const about = tensor ? `tensor ${tensor.id} ${quoted(tensor.name)} ` : '';
    return new Refusal(code, about + what, tensor?.id);
  }

  /** Notes what is wrong and goes on. */
  report(code: string, what: string, tensor?: Tensor): void {
    this.reported.push(this.refusal(code, what, tensor));
  }

  /** Stops reading the operator. */
  refuse(code: string, what: string, tensor?: Tensor): never {
    throw this.refusal(code, what, tensor);
  }

  private tensor(number: number): Tensor {
    const imported = this.tensors[number];
    if (imported === undefined)
      return this.refuse('tflite.corrupt', `uses tensor ${number}, which the file does not have`);
    this.usesRefused ||= imported.isRefused;
    return imported.tensor;
  }

  /** Whether the operand is given: optional ones are left out at the end, or written as -1. */
  has(position: number): boolean {
    return (this.entry.inputs[position] ?? -1) !== -1;
  }

  /** Refuses operands that the compiler would ignore. */
  expectOperands(least: number, most: number): void {
    const count = this.operandCount;
    if (count < least || count > most)
      this.refuse(
        'tflite.unsupported-option',
        `${count} operands; ${least === most ? least : `${least} to ${most}`} are supported`,
      );
  }

  /** An operand of any type. */
  private anyOperand(position: number): Tensor {
    const number = this.entry.inputs[position] ?? -1;
    if (number === -1) return this.refuse('tflite.corrupt', `operand ${position} is missing`);
    return this.tensor(number);
  }

  /** An int8 operand with one scale that an operator or the caller of the model provides. */
  input(position = 0): Tensor {
    return this.computed(this.operand(position));
  }

  /** An int8 operand with one scale: an activation or a constant. */
  operand(position: number): Tensor {
    return this.quantized(this.anyOperand(position));
  }

  /** An operand of one of some types, with one scale where it is no float; no constant. */
  inputOf(types: readonly FileType[]): Tensor {
    return this.computed(this.quantized(this.anyOperand(0), types));
  }

  /** The only output: int8 with one scale. */
  output(types: readonly FileType[] = ['int8']): Tensor {
    const [number, ...others] = this.entry.outputs;
    if (number === undefined || others.length > 0)
      return this.refuse('tflite.corrupt', `${this.entry.outputs.length} outputs instead of 1`);
    return this.quantized(this.tensor(number), types);
  }

  private computed(tensor: Tensor): Tensor {
    if (tensor.data !== undefined)
      this.report(
        'tflite.unsupported-option',
        'is a constant; only ADD, SUB, MUL, CONCATENATION and FULLY_CONNECTED take one there, so let the converter fold it',
        tensor,
      );
    return tensor;
  }

  private quantized(tensor: Tensor, types: readonly FileType[] = ['int8']): Tensor {
    const { type, quantization } = tensor;
    if (!types.some((wanted) => wanted === type)) {
      const instead = INSTEAD[type] ?? `${types.join(' or ')} is supported`;
      this.report('tflite.unsupported-type', `is ${type}; ${instead}`, tensor);
      return tensor;
    }
    const scales = quantization?.scales.length ?? 0;
    if (type !== 'float32' && scales !== 1)
      this.report('tflite.bad-quantization', `has ${scales} scales; activations need exactly one`, tensor);
    return tensor;
  }

  /** Refuses what is no map of one image: [1, height, width, channels]. */
  asMap(tensor: Tensor): Tensor {
    const [batch] = tensor.shape;
    const isMap = tensor.shape.length === 4;
    if (isMap && batch === 1) return tensor;
    const why = isMap ? `; a batch of ${batch} is not supported, export with batch 1` : '';
    const given = `[${tensor.shape.join(',')}]`;
    this.report(
      'tflite.bad-shape',
      `has shape ${given}; [1,height,width,channels] is supported${why}`,
      tensor,
    );
    return tensor;
  }

  /** Constant int8 weights of `rank` dimensions, symmetric, with one scale or one for each index of `axis`. */
  weights(position: number, rank: number, axis: number): Tensor {
    const tensor = this.anyOperand(position);
    if (tensor.shape.length !== rank)
      return this.refuse(
        'tflite.bad-shape',
        `has ${tensor.shape.length} dimensions instead of ${rank}`,
        tensor,
      );
    if (tensor.data === undefined)
      this.report('tflite.unsupported-option', 'holds weights that are no constant', tensor);
    this.reportWeightsFault(tensor, axis);
    return tensor;
  }

  private reportWeightsFault(tensor: Tensor, axis: number): void {
    const { scales = [], zeroPoints = [], axis: given = 0 } = tensor.quantization ?? {};
    const report = (code: string, what: string): void => this.report(code, what, tensor);
    if (tensor.type !== 'int8')
      return report(
        'tflite.unsupported-type',
        `holds ${tensor.type} weights; full integer quantisation with symmetric int8 weights is needed`,
      );
    if (scales.length === 0)
      return report(
        'tflite.bad-quantization',
        'holds weights without a scale; one, or one a channel, is needed',
      );
    if (scales.length > 1 && given !== axis)
      report('tflite.bad-quantization', `has its scales on dimension ${given} instead of ${axis}`);
    if (zeroPoints.some((zeroPoint) => zeroPoint !== 0))
      report('tflite.bad-quantization', 'has a zero point; weights must be symmetric (zero point 0)');
  }

  /** The constant int32 bias for `channels` outputs, or undefined where there is none. */
  bias(position: number, channels: number): TensorId | undefined {
    if (!this.has(position)) return undefined;
    const tensor = this.anyOperand(position);
    const count = elementCount(tensor.shape);
    if (tensor.type !== 'int32')
      this.report('tflite.unsupported-type', `is a bias of ${tensor.type}; int32 is supported`, tensor);
    else if (tensor.data === undefined)
      this.report('tflite.unsupported-option', 'is a bias that is no constant', tensor);
    if (count !== channels)
      this.report('tflite.bad-shape', `has ${count} biases for ${channels} channels`, tensor);
    return tensor.id;
  }

  /** The numbers of a constant int32 or int64 operand: a shape, axes, or borders. */
  integers(position: number): readonly number[] {
    const tensor = this.anyOperand(position);
    const count = elementCount(tensor.shape);
    if (count > VECTOR_LIMITS.integers) {
      return this.refuse(
        'tflite.bad-shape',
        `has ${count} elements; at most ${VECTOR_LIMITS.integers} are needed`,
        tensor,
      );
    }
    return (
      integersOf(tensor) ??
      this.refuse(
        'tflite.unsupported-option',
        'is no constant of int32 or int64, which is needed there',
        tensor,
      )
    );
  }

  /** A constant int8 operand of one element. */
  constantElement(position: number): number {
    const tensor = this.operand(position);
    if (tensor.data?.length !== 1)
      return this.refuse('tflite.unsupported-option', 'is no constant of one element', tensor);
    return new Int8Array(tensor.data)[0] ?? 0;
  }

  /**
   * Refuses a change of quantisation in an operator that does not rescale, but whose result depends on it.
   * The tolerance is that of TensorFlow Lite's pooling (pooling.cc: 1e-6), which copies the values all the same.
   */
  expectSameQuantization(input: Tensor, output: Tensor, tolerance = 1e-6): void {
    if (this.tensors[input.id]?.isRefused) return;
    const scaleGap = Math.abs((input.quantization?.scales[0] ?? 0) - (output.quantization?.scales[0] ?? 0));
    if (scaleGap <= tolerance && input.quantization?.zeroPoints[0] === output.quantization?.zeroPoints[0])
      return;
    this.report(
      'tflite.bad-quantization',
      `is quantised unlike ${quoted(input.name)}, but the operator does not rescale; put a QUANTIZE between`,
      output,
    );
  }

  /** Refuses an output of another quantisation than the one that TensorFlow Lite prescribes for an operator. */
  expectQuantization(output: Tensor, scale: number, zeroPoint: number, why: string): void {
    const { scales = [], zeroPoints = [] } = output.quantization ?? {};
    if (scales[0] !== scale || zeroPoints[0] !== zeroPoint)
      this.report('tflite.bad-quantization', why, output);
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
    const activation = ACTIVATIONS.get(code);
    if (activation === undefined)
      this.report(
        'tflite.unsupported-option',
        `fused activation ${code}; NONE, RELU, RELU6 and RELU_N1_TO_1 are supported`,
      );
    return activation ?? 'none';
  }
}
