/** ADD, SUB and MUL, which stand alike in a file. Shapes may broadcast and either operand may be a constant. */
import { type Add, type Mul, type Sub, type Tensor } from '#libs/model/ir';
import { i8, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { ACTIVATION_CODES, OPTIONS } from '../schema/enums';
import { BINARY_OPTIONS } from '../schema/fields';
import type { OperatorFormat, WrittenOperator } from './operator-format';
import type { OperatorReader } from './operator-reader';
import type { OperatorWriter } from './operator-writer';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

type Operands = Omit<Sub, 'kind'>;

function readOperands(operator: OperatorReader, optionsType: number): Operands {
  operator.expectOperands(2, 2);
  const operands = [operator.operand(0), operator.operand(1)] as const;
  const output = operator.output();
  if (operands.every((tensor) => tensor.data !== undefined))
    operator.report('tflite.unsupported-option', 'has only constant operands; let the converter fold it');
  const activation = operator.fusedActivation(operator.options(optionsType), BINARY_OPTIONS.activation);
  return {
    name: output.name,
    inputs: [operands[0].id, operands[1].id],
    output: output.id,
    activation,
  };
}

const scaleOf = (tensor: Tensor): number => tensor.quantization?.scales[0] ?? 1;

/** Both operands are brought to twice the larger scale, with 20 fractional bits (PrepareGeneralAddSub of add.cc and sub.cc). */
const FRACTION_BITS = 20;

/** The multiplier that brings a sum to the output's scale must be below 1 (QuantizeMultiplierSmallerThanOneExp). */
function expectExpressibleSum(operator: OperatorReader): void {
  const [first, second, output] = [operator.operand(0), operator.operand(1), operator.output()];
  const twice = 2 * Math.max(scaleOf(first), scaleOf(second));
  if (twice / (2 ** FRACTION_BITS * scaleOf(output)) < 1) return;
  operator.report(
    'tflite.bad-quantization',
    'has a scale more than 2^19 times finer than an operand, which the sum can not be brought to',
    output,
  );
}

const write = (op: Operands, optionsType: number): WrittenOperator => ({
  inputs: op.inputs,
  optionsType,
  options: table({ [BINARY_OPTIONS.activation]: i8(ACTIVATION_CODES[op.activation]) }),
});

export const add: OperatorFormat<Add> = {
  builtins: [BUILTIN.add],
  builtin: () => BUILTIN.add,
  version: () => INT8_VERSION,
  read(operator) {
    const operands = readOperands(operator, OPTIONS.add);
    expectExpressibleSum(operator);
    return { kind: 'add', ...operands };
  },
  write(op, writer: OperatorWriter) {
    if (op.mask !== undefined) writer.refuse('writes a clamp mask, which exists only in training graphs');
    return write(op, OPTIONS.add);
  },
};

export const sub: OperatorFormat<Sub> = {
  builtins: [BUILTIN.sub],
  builtin: () => BUILTIN.sub,
  version: () => INT8_VERSION,
  read(operator) {
    const operands = readOperands(operator, OPTIONS.sub);
    expectExpressibleSum(operator);
    return { kind: 'sub', ...operands };
  },
  write: (op) => write(op, OPTIONS.sub),
};

export const mul: OperatorFormat<Mul> = {
  builtins: [BUILTIN.mul],
  builtin: () => BUILTIN.mul,
  version: () => INT8_VERSION,
  read: (operator) => ({ kind: 'mul', ...readOperands(operator, OPTIONS.mul) }),
  write: (op) => write(op, OPTIONS.mul),
};
