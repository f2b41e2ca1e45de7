import type { Result } from '#libs/base/result';
import { parseWords } from './parse-words';

/** Where a command writes. What other programs read goes to `print`; everything else to `note`. */
export interface Terminal {
  print(text: string): void;
  note(text: string): void;
}

/** What may stand at a place of the command line, for tab completion. */
export type Completes = 'file' | 'folder' | 'board' | 'engine';

/** A word that a command takes by its place. */
export interface Positional {
  readonly name: string;
  readonly meaning: string;
  readonly completes?: Completes;
  readonly choices?: readonly string[];
}

export interface Flag {
  readonly type: 'boolean';
  readonly meaning: string;
}

/** An option with a value. */
interface Valued {
  /** What stands for the value in the help: `N[KB]`. */
  readonly value: string;
  readonly meaning: string;
  readonly required?: true;
  readonly completes?: Completes;
}

export interface Setting extends Valued {
  readonly type: 'string';
}

/** One value out of a few. */
export interface Choice {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly meaning: string;
  readonly required?: true;
}

/** An option that is given once for each of several values, in order. */
export interface Many extends Valued {
  readonly type: 'many';
}

export type Option = Flag | Setting | Choice | Many;
export type Options = Readonly<Record<string, Option>>;

type PresentValue<O extends Option> = O extends Flag
  ? boolean
  : O extends Many
    ? readonly string[]
    : O extends Choice
      ? O['choices'][number]
      : string;

type ValueOf<O extends Option> = O extends Flag | Many | { readonly required: true }
  ? PresentValue<O>
  : PresentValue<O> | undefined;

/** What was typed: one value for each positional, in order, and one for each option. */
export interface Invocation<P extends readonly Positional[], O extends Options> {
  readonly words: { readonly [I in keyof P]: string };
  readonly options: { readonly [K in keyof O]: ValueOf<O[K]> };
}

/** The name, parameters and meaning of a command: what its help and its tab completion are made of. */
export interface CommandShape {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly Positional[];
  readonly options: Options;
  /** Paragraphs that the help ends with. */
  readonly notes?: readonly string[];
}

export interface CommandDefinition<P extends readonly Positional[], O extends Options> extends CommandShape {
  readonly words: P;
  readonly options: O;
  run(invocation: Invocation<P, O>, terminal: Terminal): Promise<Result<void>>;
}

/** A command, its parameter types closed over: the table holds these. */
export interface Command extends CommandShape {
  run(words: readonly string[], terminal: Terminal): Promise<Result<void>>;
}

/** Checks the words against the definition before `run` sees them, so that `run` is typed by it. */
export function defineCommand<const P extends readonly Positional[], const O extends Options>(
  definition: CommandDefinition<P, O>,
): Command {
  return {
    ...definition,
    async run(typed, terminal) {
      const parsed = parseWords(definition, typed);
      // `parseWords` checked exactly what the mapped types say.
      return parsed.ok ? definition.run(parsed.value as unknown as Invocation<P, O>, terminal) : parsed;
    },
  };
}
