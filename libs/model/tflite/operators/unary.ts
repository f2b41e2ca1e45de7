/** Functions of one element: RELU, RELU6, RELU_N1_TO_1, LEAKY_RELU, LOGISTIC, HARD_SWISH; written also integer QUANTIZE. */
import { perTensor, type Tensor, type Unary, type UnaryFunction } from '#libs/model/ir';
import { hardSwishIsExpressible } from '#libs/model/quant';
import { f32, table, type TableNode } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { LEAKY_RELU_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';
import type { OperatorReader } from './operator-reader';

interface FunctionFormat {
  readonly builtin: number;
  /** The version that brought int8. */
  readonly version: number;
  readonly optionsType: number;
}

const FORMATS: { readonly [F in UnaryFunction['name']]: FunctionFormat } = {
  requantize: { builtin: BUILTIN.quantize, version: 1, optionsType: OPTIONS.quantize },
  relu: { builtin: BUILTIN.relu, version: 2, optionsType: OPTIONS.none },
  relu6: { builtin: BUILTIN.relu6, version: 2, optionsType: OPTIONS.none },
  reluN1To1: { builtin: BUILTIN.reluN1To1, version: 1, optionsType: OPTIONS.none },
  logistic: { builtin: BUILTIN.logistic, version: 2, optionsType: OPTIONS.none },
  hardSwish: { builtin: BUILTIN.hardSwish, version: 1, optionsType: OPTIONS.hardSwish },
  leakyRelu: { builtin: BUILTIN.leakyRelu, version: 2, optionsType: OPTIONS.leakyRelu },
};

/** What each builtin computes; QUANTIZE is read by the format `quantize`. */
const PLAIN: ReadonlyMap<number, Exclude<UnaryFunction['name'], 'leakyRelu' | 'requantize'>> = new Map([
  [BUILTIN.relu, 'relu'],
  [BUILTIN.relu6, 'relu6'],
  [BUILTIN.reluN1To1, 'reluN1To1'],
  [BUILTIN.logistic, 'logistic'],
  [BUILTIN.hardSwish, 'hardSwish'],
]);

/** Greater slopes serve no model, and would leave what the multiplier can express. */
const LARGEST_SLOPE = 1024;

function readLeakyRelu(operator: OperatorReader): UnaryFunction {
  const alpha = operator.requiredOptions(OPTIONS.leakyRelu).f32(LEAKY_RELU_OPTIONS.alpha);
  if (!(Math.abs(alpha) <= LARGEST_SLOPE))
    operator.report('tflite.unsupported-option', `alpha ${alpha}; a number up to ${LARGEST_SLOPE} is needed`);
  return { name: 'leakyRelu', alpha };
}

/** The quantisation that TensorFlow Lite prescribes for an int8 LOGISTIC (quantization_spec): 0 to 255/256. */
const LOGISTIC_SCALE = 1 / 256;
const LOGISTIC_ZERO_POINT = -128;

function readFunction(operator: OperatorReader): UnaryFunction {
  const name = PLAIN.get(operator.builtin);
  if (name === undefined) return readLeakyRelu(operator);
  operator.options(FORMATS[name].optionsType);
  if (name === 'logistic')
    operator.expectQuantization(
      operator.output(),
      LOGISTIC_SCALE,
      LOGISTIC_ZERO_POINT,
      'must have scale 1/256 and zero point -128, as the result of a LOGISTIC',
    );
  return { name };
}

/** The multiplier to the output's scale has 16 bits and no left shift there (hard_swish_common.cc). */
function expectExpressibleHardSwish(operator: OperatorReader, input: Tensor, output: Tensor): void {
  if (input.quantization?.scales.length !== 1 || output.quantization?.scales.length !== 1) return;
  if (hardSwishIsExpressible(perTensor(input).scale, perTensor(output).scale)) return;
  operator.report(
    'tflite.bad-quantization',
    'has a scale more than 128 times finer than the input of the HARD_SWISH; a coarser one is needed',
    output,
  );
}

const optionsOf = (fn: UnaryFunction): TableNode | undefined => {
  if (fn.name === 'leakyRelu') return table({ [LEAKY_RELU_OPTIONS.alpha]: f32(fn.alpha) });
  return FORMATS[fn.name].optionsType === OPTIONS.none ? undefined : table({});
};

export const unary: OperatorFormat<Unary> = {
  builtins: [...PLAIN.keys(), BUILTIN.leakyRelu],
  builtin: (op) => FORMATS[op.function.name].builtin,
  version: (op) => FORMATS[op.function.name].version,

  read(operator) {
    operator.expectOperands(1, 1);
    const [input, output] = [operator.input(), operator.output()];
    const computed = readFunction(operator);
    if (computed.name === 'hardSwish') expectExpressibleHardSwish(operator, input, output);
    return { kind: 'unary', name: output.name, function: computed, input: input.id, output: output.id };
  },

  write(op) {
    const options = optionsOf(op.function);
    const { optionsType } = FORMATS[op.function.name];
    return { inputs: [op.input], optionsType, ...(options && { options }) };
  },
};
