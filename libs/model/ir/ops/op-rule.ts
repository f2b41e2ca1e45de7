import type { Graph } from '../graph';
import type { TensorId } from '../tensor';

/** What every operator tells the passes, the planner and the checker about itself. */
export interface OpRule<O> {
  /** Tensors read, constants and variables included, in a fixed order. */
  inputs(op: O): readonly TensorId[];
  /** Tensors written. */
  outputs(op: O): readonly TensorId[];
  /** The operand whose storage the output takes over (the op is written to work in place), if any. */
  inPlace?(op: O): { readonly operand: TensorId; readonly output: TensorId } | undefined;
  /** Multiply-accumulates of one execution. */
  macs(op: O, graph: Graph): number;
  /** Sentences about what is wrong with shapes, types or quantisation; empty when all is well. */
  check(op: O, graph: Graph): readonly string[];
}

/** Operands that may be absent, dropped. */
export const present = (...ids: readonly (TensorId | undefined)[]): readonly TensorId[] =>
  ids.filter((id): id is TensorId => id !== undefined);
