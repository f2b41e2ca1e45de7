/**
 * Field numbers of the tables of the TensorFlow Lite schema, version 3 (schema.fbs, "file_identifier TFL3"): the
 * position of the field in its table, a union counting twice (its type, then its value). Fields that Fleetlearn
 * neither reads nor writes are left out.
 */
export const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4 } as const;

export const OPERATOR_CODE = { deprecatedBuiltinCode: 0, customCode: 1, version: 2, builtinCode: 3 } as const;

export const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;

export const TENSOR = {
  shape: 0,
  type: 1,
  buffer: 2,
  name: 3,
  quantization: 4,
  isVariable: 5,
  sparsity: 6,
} as const;

export const QUANTIZATION = { scale: 2, zeroPoint: 3, detailsType: 4, quantizedDimension: 6 } as const;

export const OPERATOR = { opcodeIndex: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 } as const;

/** `offset` and `size` place the data after the flatbuffer (version 3c, for models over 2 GB). */
export const BUFFER = { data: 0, offset: 1, size: 2 } as const;

export const CONV_2D_OPTIONS = {
  padding: 0,
  strideWidth: 1,
  strideHeight: 2,
  activation: 3,
  dilationWidth: 4,
  dilationHeight: 5,
} as const;

export const DEPTHWISE_CONV_2D_OPTIONS = {
  padding: 0,
  strideWidth: 1,
  strideHeight: 2,
  depthMultiplier: 3,
  activation: 4,
  dilationWidth: 5,
  dilationHeight: 6,
} as const;

export const POOL_2D_OPTIONS = {
  padding: 0,
  strideWidth: 1,
  strideHeight: 2,
  filterWidth: 3,
  filterHeight: 4,
  activation: 5,
} as const;

export const FULLY_CONNECTED_OPTIONS = { activation: 0, weightsFormat: 1, keepDimensions: 2 } as const;

export const SOFTMAX_OPTIONS = { beta: 0 } as const;

/** Of ADD, SUB and MUL alike. */
export const BINARY_OPTIONS = { activation: 0 } as const;

export const CONCATENATION_OPTIONS = { axis: 0, activation: 1 } as const;

export const RESHAPE_OPTIONS = { newShape: 0 } as const;

export const REDUCER_OPTIONS = { keepDimensions: 0 } as const;

export const STRIDED_SLICE_OPTIONS = {
  beginMask: 0,
  endMask: 1,
  ellipsisMask: 2,
  newAxisMask: 3,
  shrinkAxisMask: 4,
  offset: 5,
} as const;

export const TRANSPOSE_CONV_OPTIONS = {
  padding: 0,
  strideWidth: 1,
  strideHeight: 2,
  activation: 3,
} as const;

export const RESIZE_NEAREST_NEIGHBOR_OPTIONS = { alignCorners: 0, halfPixelCenters: 1 } as const;

export const LEAKY_RELU_OPTIONS = { alpha: 0 } as const;
