import type { Graph } from '#libs/model/ir';
import type { Scope } from '../model/scope';

/** How one kind of operator becomes C. */
export interface Emitter<O> {
  /** Why no kernel does this operator, if none does. */
  refuse?(op: O, graph: Graph): string | undefined;
  /** Statements of the block that runs it; none for an operator that needs no code. */
  emit(op: O, scope: Scope): readonly string[];
  /** Behind them, when all is written: what may leave the function. Only of operators that run whole. */
  leave?(op: O, scope: Scope): readonly string[];
}

/** `f(a, b)` as one statement, one argument group a line where it gets long. */
export function call(name: string, ...groups: readonly (readonly string[])[]): string {
  const lines = groups.map((group) => group.join(', ')).filter((line) => line.length > 0);
  const single = `${name}(${lines.join(', ')});`;
  return single.length <= 96 ? single : `${name}(${lines.join(`,\n${' '.repeat(name.length + 1)}`)});`;
}
