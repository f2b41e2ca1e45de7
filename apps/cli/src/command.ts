import { parseArgs } from 'node:util';
import { err, fault, ok, type Result } from '#libs/base/result';

/** Where a command writes. What other programs read goes to `print`; everything else to `note`. */
export interface Terminal {
  print(text: string): void;
  note(text: string): void;
}

/** A word that a command takes by its place. */
export interface Positional {
  readonly name: string;
  readonly meaning: string;
}

export interface Flag {
  readonly type: 'boolean';
  readonly meaning: string;
}

export interface Setting {
  readonly type: 'string';
  /** What stands for the value in the help: `N[KB]`. */
  readonly value: string;
  readonly meaning: string;
  readonly required?: true;
}

export type Options = Readonly<Record<string, Flag | Setting>>;

type ValueOf<O extends Flag | Setting> = O extends Flag
  ? boolean
  : O extends { readonly required: true }
    ? string
    : string | undefined;

/** What was typed: one value for each positional, in order, and one for each option. */
export interface Invocation<P extends readonly Positional[], O extends Options> {
  readonly words: { readonly [I in keyof P]: string };
  readonly options: { readonly [K in keyof O]: ValueOf<O[K]> };
}

export interface CommandDefinition<P extends readonly Positional[], O extends Options> {
  readonly name: string;
  readonly summary: string;
  readonly words: P;
  readonly options: O;
  run(invocation: Invocation<P, O>, terminal: Terminal): Promise<Result<void>>;
}

/** A command, its parameter types closed over: the table holds these. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly Positional[];
  readonly options: Options;
  run(words: readonly string[], terminal: Terminal): Promise<Result<void>>;
}

/** Checks the words against the definition before `run` sees them, so that `run` is typed by it. */
export function defineCommand<const P extends readonly Positional[], const O extends Options>(
  definition: CommandDefinition<P, O>,
): Command {
  const { name, summary, words, options } = definition;
  return {
    name,
    summary,
    words,
    options,
    async run(typed, terminal) {
      const invocation = parse(definition, typed);
      return invocation.ok ? definition.run(invocation.value, terminal) : invocation;
    },
  };
}

function parse<P extends readonly Positional[], O extends Options>(
  { name, words, options }: CommandDefinition<P, O>,
  typed: readonly string[],
): Result<Invocation<P, O>> {
  const split = splitWords(typed, options);
  const problem = typeof split === 'string' ? split : problemOf(split, words, options);
  if (typeof split === 'string' || problem !== undefined) {
    return err(fault('usage', `${problem}; see fleetlearn ${name} --help`));
  }
  const values = Object.entries(options).map(([key, { type }]): readonly [string, unknown] => [
    key,
    split.values[key] ?? (type === 'boolean' ? false : undefined),
  ]);
  // `problemOf` checked exactly what the mapped types say.
  return ok({ words: split.positionals, options: Object.fromEntries(values) } as unknown as Invocation<P, O>);
}

interface SplitWords {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** What was typed, taken apart; or what is wrong with it. */
function splitWords(typed: readonly string[], options: Options): SplitWords | string {
  try {
    return parseArgs({ args: [...typed], options: { ...options }, allowPositionals: true, strict: true });
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split(/\. |\n/)[0] ?? '';
  }
}

function problemOf(split: SplitWords, words: readonly Positional[], options: Options): string | undefined {
  if (split.positionals.length !== words.length) {
    const wanted = words.map((word) => word.name).join(' ') || 'none';
    return `${split.positionals.length} words given, but wanted: ${wanted}`;
  }
  const missing = Object.entries(options).find(
    ([key, option]) =>
      option.type === 'string' && option.required === true && split.values[key] === undefined,
  );
  return missing && `--${missing[0]} is needed`;
}
