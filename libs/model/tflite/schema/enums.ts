import type { Activation, FileType } from '#libs/model/ir';

/** `file_identifier` of the schema, at bytes 4 to 7 of a file. */
export const FILE_IDENTIFIER = 'TFL3';

export const SCHEMA_VERSION = 3;

/** TensorType: names by code. */
export const TENSOR_TYPE_NAMES: readonly string[] = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
];

/** TensorType codes of the types that a graph can name. */
export const TENSOR_TYPE_CODES: Readonly<Record<FileType, number>> = {
  float32: 0,
  int32: 2,
  uint8: 3,
  int64: 4,
  bool: 6,
  int16: 7,
  int8: 9,
};

/** The graph's types by TensorType code. */
export const FILE_TYPES: ReadonlyMap<number, FileType> = new Map(
  (Object.keys(TENSOR_TYPE_CODES) as FileType[]).map((type) => [TENSOR_TYPE_CODES[type], type]),
);

/** enum Padding. */
export const PADDING = { same: 0, valid: 1 } as const;

/** ActivationFunctionType codes of the activations that a graph can name. */
export const ACTIVATION_CODES: Readonly<Record<Activation, number>> = {
  none: 0,
  relu: 1,
  reluN1To1: 2,
  relu6: 3,
};

/** The graph's activations by ActivationFunctionType code; TANH (4) and SIGN_BIT (5) are not among them. */
export const ACTIVATIONS: ReadonlyMap<number, Activation> = new Map(
  (Object.keys(ACTIVATION_CODES) as Activation[]).map((activation) => [
    ACTIVATION_CODES[activation],
    activation,
  ]),
);

/** union BuiltinOptions: type codes of the option tables that are read and written. */
export const OPTIONS = {
  none: 0,
  conv2d: 1,
  depthwiseConv2d: 2,
  pool2d: 5,
  fullyConnected: 8,
  softmax: 9,
  concatenation: 10,
  add: 11,
  reshape: 17,
  mul: 21,
  pad: 22,
  transpose: 26,
  reducer: 27,
  sub: 28,
  squeeze: 30,
  stridedSlice: 32,
  dequantize: 38,
  padV2: 43,
  transposeConv: 49,
  expandDims: 52,
  resizeNearestNeighbor: 74,
  leakyRelu: 75,
  quantize: 89,
  hardSwish: 91,
} as const;
