/** Explicit padding in elements (of real zeros, that is the input's zero point). */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface Extent2d {
  readonly height: number;
  readonly width: number;
}

/** Kernel window of convolutions and pools. */
export interface Window {
  readonly stride: Extent2d;
  readonly dilation: Extent2d;
  readonly padding: Padding;
}

export const NO_PADDING: Padding = { top: 0, bottom: 0, left: 0, right: 0 };

/** Fused activation of TensorFlow Lite; the clamp of the int8 output is derived from it (see quant). */
export type Activation = 'none' | 'relu' | 'relu6' | 'reluN1To1';

/** A window along one dimension. */
export interface WindowExtent {
  readonly kernel: number;
  readonly stride: number;
  /** 1 where absent. */
  readonly dilation?: number;
  /** Before and after together. */
  readonly padding: number;
}

/** Output extent of a window over `input` elements; 0 or less where the window does not fit. */
export function windowExtent(input: number, { kernel, stride, dilation = 1, padding }: WindowExtent): number {
  const reach = (kernel - 1) * dilation + 1;
  return Math.floor((input + padding - reach) / stride) + 1;
}

/** TensorFlow's SAME: ceil(input / stride) outputs, the odd element of padding after. */
export function samePadding(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
): { before: number; after: number } {
  const outputs = Math.ceil(input / stride);
  const total = Math.max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - input);
  return { before: Math.floor(total / 2), after: total - Math.floor(total / 2) };
}
