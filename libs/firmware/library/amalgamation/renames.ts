import type { Program } from './program';
import type { SourceFile } from './source-file';

/** load_variables.c: load -> load_variables_load, HEAD_ONE -> LOAD_VARIABLES_HEAD_ONE */
function qualified(file: SourceFile, name: string): string {
  const stem = file.path.replace(/^.*\//, '').replace(/\.c$/, '');
  return /^[A-Z0-9_]+$/.test(name) ? `${stem.toUpperCase()}_${name}` : `${stem}_${name}`;
}

/** Names of a file that no other file saw, as far as they are needed. */
const localNames = (program: Program, file: SourceFile): ReadonlySet<string> =>
  new Set(program.neededOf(file).flatMap(({ names }) => names.filter((name) => program.isLocal(file, name))));

/** By file, the new names of those of its own that would clash with others once all are in one file. */
export function renamesOf(program: Program): ReadonlyMap<SourceFile, ReadonlyMap<string, string>> {
  const locals = program.inlined.map((file) => [file, localNames(program, file)] as const);
  const users = new Map<string, number>();
  for (const [, names] of locals) for (const name of names) users.set(name, (users.get(name) ?? 0) + 1);
  const clashes = (name: string): boolean => program.isShared(name) || (users.get(name) ?? 0) > 1;
  return new Map(
    locals.map(([file, names]) => [
      file,
      new Map([...names].filter(clashes).map((name) => [name, qualified(file, name)])),
    ]),
  );
}
