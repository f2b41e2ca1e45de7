import type { Dataset } from './dataset';

interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * Elements in another quantisation: clip(floor((q - z) * s / s' + 1/2) + z'), in binary64.
 * With the model's own scale nothing changes.
 */
export function requantize(elements: Int8Array, from: Affine, to: Affine): Int8Array {
  const table = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const value = Math.floor(((q - from.zeroPoint) * from.scale) / to.scale + 0.5) + to.zeroPoint;
    table[q + 128] = Math.max(-128, Math.min(127, value));
  }
  return elements.map((q) => table[q + 128] as number);
}

/** The dataset in the quantisation of a model's input. */
export function toInput(dataset: Dataset, input: Affine): Dataset {
  return { ...dataset, ...input, elements: requantize(dataset.elements, dataset, input) };
}
