import type { Dequantize, Quantize } from '#libs/model/ir';
import type { Emitter } from './emitter';

/** Devices have no floating point: the pass `stripFloatBoundary` leaves these outside. */
const outside: Emitter<Quantize | Dequantize> = {
  refuse: () => 'is a boundary to floating point (run the inference passes)',
  emit: () => [],
};
export const quantize: Emitter<Quantize> = outside;
export const dequantize: Emitter<Dequantize> = outside;
