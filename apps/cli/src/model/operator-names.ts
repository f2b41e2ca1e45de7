import type { InferenceOp, Op, OpKind } from '#libs/model/ir';

type FileOp = Exclude<InferenceOp, { readonly kind: 'unary' }>;

const OPERATOR_NAMES = {
  conv2d: 'CONV_2D',
  depthwiseConv2d: 'DEPTHWISE_CONV_2D',
  transposeConv2d: 'TRANSPOSE_CONV',
  fullyConnected: 'FULLY_CONNECTED',
  add: 'ADD',
  sub: 'SUB',
  mul: 'MUL',
  quantize: 'QUANTIZE',
  dequantize: 'DEQUANTIZE',
  softmax: 'SOFTMAX',
  reshape: 'RESHAPE',
  pad: 'PAD',
  concatenation: 'CONCATENATION',
  stridedSlice: 'STRIDED_SLICE',
  transpose: 'TRANSPOSE',
  resizeNearest: 'RESIZE_NEAREST_NEIGHBOR',
  averagePool2d: 'AVERAGE_POOL_2D',
  maxPool2d: 'MAX_POOL_2D',
  mean: 'MEAN',
} satisfies Readonly<Record<FileOp['kind'], string>>;

const UNARY_NAMES = {
  requantize: 'QUANTIZE',
  relu: 'RELU',
  relu6: 'RELU6',
  reluN1To1: 'RELU_N1_TO_1',
  leakyRelu: 'LEAKY_RELU',
  logistic: 'LOGISTIC',
  hardSwish: 'HARD_SWISH',
} as const;

const isNamed = (kind: OpKind): kind is FileOp['kind'] => kind in OPERATOR_NAMES;

/** What TensorFlow Lite calls an operator. */
export function operatorName(op: Op): string {
  if (op.kind === 'unary') return UNARY_NAMES[op.function.name];
  return isNamed(op.kind) ? OPERATOR_NAMES[op.kind] : op.kind.toUpperCase();
}
