import type { Graph, InferenceOp } from '#libs/model/ir';
import type { TableNode } from '../flatbuffer/flatbuffer-nodes';
import type { OperatorReader } from './operator-reader';
import type { OperatorWriter } from './operator-writer';

/**
 * How one kind of operator stands in a file. A kind has one file here that holds its format, and one line in the
 * registry (`operators/index.ts`). Several builtins may be one kind (RESHAPE, SQUEEZE), and one builtin may turn out as
 * another kind (`R`: an integer QUANTIZE is a unary function).
 */
export interface OperatorFormat<O, R extends InferenceOp | O = O> {
  /** The codes in `BuiltinOperator` that it reads. */
  readonly builtins: readonly number[];
  /** The code that `op` is written as. */
  builtin(op: O): number;
  /**
   * The operator version that a file must state for what `op` uses: the least one that has it, so that old
   * interpreters still take the file (GetBuiltinOperatorVersion of op_version.cc).
   */
  version(op: O, graph: Graph): number;
  /** The operator of the graph. Throws a `Refusal`, or reports several, where the compiler can't take it. */
  read(operator: OperatorReader): R;
  /** Operands and options in the file. Throws a `Refusal` where the file format can't say it. */
  write(op: O, writer: OperatorWriter): WrittenOperator;
}

export interface WrittenOperator {
  /** Tensor numbers; -1 for an operand left out. */
  readonly inputs: readonly number[];
  readonly optionsType: number;
  readonly options?: TableNode;
}
