/** How large a file may be: what bounds the time and the memory of an import of hostile bytes. */
export interface ImportLimits {
  readonly fileBytes: number;
  readonly tensors: number;
  readonly operators: number;
  /** Elements of one tensor. */
  readonly elements: number;
  /** Bytes of all tensors: what someone needs who holds every value at once, as the reference does. */
  readonly tensorBytes: number;
  /** Multiply-accumulates of one inference: what someone waits for who runs it. */
  readonly macs: number;
}

/** Far above any model that a microcontroller holds (the largest board has 2 MiB of flash). */
export const DEFAULT_LIMITS: ImportLimits = {
  fileBytes: 64 * 1024 * 1024,
  tensors: 4096,
  operators: 4096,
  elements: 64 * 1024 * 1024,
  tensorBytes: 256 * 1024 * 1024,
  macs: 2 ** 36,
};

/** Lengths of the small vectors of the schema; longer ones can't belong to a model that compiles. */
export const VECTOR_LIMITS = {
  /** TensorFlow Lite's own kernels stop at 6 at the latest. */
  dimensions: 6,
  /** Constants that stand for a shape, axes or a permutation; for borders there are two a dimension. */
  integers: 12,
  operands: 64,
  /** Channels of a per-channel quantisation. */
  channels: 65536,
  /** TensorFlow joins the names of fused operators, so names of several hundred bytes are common. */
  nameBytes: 16384,
} as const;
