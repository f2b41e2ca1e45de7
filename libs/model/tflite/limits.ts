/** How large a file may be: what bounds the time and the memory of an import of hostile bytes. */
export interface ImportLimits {
  readonly fileBytes: number;
  readonly tensors: number;
  readonly operators: number;
  /** Elements of one tensor. */
  readonly elements: number;
}

/** Far above any model that a microcontroller holds (the largest board has 2 MiB of flash). */
export const DEFAULT_LIMITS: ImportLimits = {
  fileBytes: 64 * 1024 * 1024,
  tensors: 4096,
  operators: 4096,
  elements: 64 * 1024 * 1024,
};

/** Lengths of the small vectors of the schema; longer ones can't belong to a model that compiles. */
export const VECTOR_LIMITS = {
  dimensions: 8,
  operands: 64,
  /** Channels of a per-channel quantisation. */
  channels: 65536,
  /** TensorFlow joins the names of fused operators, so names of several hundred bytes are common. */
  nameBytes: 16384,
} as const;
