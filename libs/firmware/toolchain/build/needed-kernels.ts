import { definedIn, mentionedIn } from './c-names';
import type { Headers } from './headers';
import type { Source } from './source-tree';

/** Of sources that are read once a process (`SourceTree`). */
const definitions = new WeakMap<Source, readonly string[]>();

function definitionsOf(kernel: Source): readonly string[] {
  const names = definitions.get(kernel) ?? definedIn(kernel.text);
  definitions.set(kernel, names);
  return names;
}

/**
 * The kernels that programs made of `users` call, directly or not, in the order of `kernels`. A name in a body or a macro stands for
 * a call: there may be more than the linker keeps, never less.
 */
export function neededKernels(
  kernels: readonly Source[],
  users: readonly Source[],
  headers: Headers,
): readonly Source[] {
  const needed = new Set<Source>();
  let open = users;
  while (open.length > 0) {
    const names = new Set(open.flatMap(({ text }) => [...mentionedIn(text), ...headers.mentionsFor(text)]));
    open = kernels.filter(
      (kernel) => !needed.has(kernel) && definitionsOf(kernel).some((name) => names.has(name)),
    );
    for (const kernel of open) needed.add(kernel);
  }
  return kernels.filter((kernel) => needed.has(kernel));
}
