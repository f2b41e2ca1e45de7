/**
 * Quantisation constants: every number that the server computes once and devices only read (NUMERICS N0), and the
 * integer primitives in which everything else is written.
 *
 * Owns: binary64 constants of inference (as TensorFlow Lite Micro computes them) and of training, the tables of N3,
 * learning rates and their schedule, the mantissa width, fixed-point arithmetic.
 * Invariant: no function here depends on the host: IEEE binary64, the expressions of N0 left to right, explicit float32
 * rounding (`Math.fround`) where TensorFlow Lite rounds, no transcendental function whose last bit could reach a byte.
 *
 * @example
 * const { multipliers, shifts } = requantConstants(graph, conv);
 * const u = multiplyByQuantizedMultiplier(accumulator, multipliers[o], shifts[o]) + zeroPoint;
 * const y = unaryTable(graph, hardSwish)[x & 0xff];
 */
export * from './binary-float';
export * from './fixed-point';
export * from './activation-range';
export * from './requantize';
export * from './elementwise-constants';
export * from './mean-constants';
export * from './gemmlowp';
export * from './softmax-constants';
export { hardSwishIsExpressible } from './hard-swish';
export * from './unary-table';
export * from './resize-nearest';
export * from './float-boundary';
export * from './stored-values';
export * from './canonical-order';
export * from './training-constants';
export * from './gradient-constants';
export * from './mantissa-bits';
export * from './tables';
export * from './learning-rate';
export {
  type AffineForm,
  affineForm,
  requantised,
  type Requantisation,
  type SumRange,
} from './affine-requantize';
export { type AffineSum, affineSum } from './affine-sum';
