import type { CommandShape, Completes, Option, Positional } from '../command';

/** What may follow a word, as shells are told it: words to choose from, files, folders, or anything. */
export type Candidates = 'file' | 'folder' | 'any' | readonly string[];

/** The names that exist here when the script is printed. */
export interface KnownNames {
  readonly boards: readonly string[];
  readonly engines: readonly string[];
}

/** One command as the completion scripts see it. */
export interface CompletedCommand {
  readonly name: string;
  readonly options: readonly string[];
  /** After an option that takes a value. */
  readonly values: readonly (readonly [option: string, candidates: Candidates])[];
  /** In place of its words. */
  readonly words: Candidates;
}

export const completionTable = (
  commands: readonly CommandShape[],
  names: KnownNames,
): readonly CompletedCommand[] =>
  commands.map(({ name, options, words }) => ({
    name,
    options: [...Object.keys(options).map((key) => `--${key}`), '--help'],
    values: Object.entries(options).flatMap(([key, option]) =>
      option.type === 'boolean' ? [] : [[`--${key}`, optionCandidates(option, names)] as const],
    ),
    words: words[0] === undefined ? [] : wordCandidates(words[0], names),
  }));

const optionCandidates = (option: Exclude<Option, { type: 'boolean' }>, names: KnownNames): Candidates =>
  option.type === 'choice' ? option.choices : named(option.completes, names);

const wordCandidates = ({ choices, completes }: Positional, names: KnownNames): Candidates =>
  choices ?? named(completes, names);

function named(completes: Completes | undefined, { boards, engines }: KnownNames): Candidates {
  if (completes === 'board') return boards;
  return completes === 'engine' ? engines : (completes ?? 'any');
}
