import { parseArgs } from 'node:util';
import { err, fault, ok, type Result } from '#libs/base/result';
import type { CommandShape, Option, Options } from './command';

/** What was typed, taken apart by a command's definition. */
export interface ParsedWords {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
}

type OptionValue = boolean | string | readonly string[] | undefined;

/** Takes the words after a command's name apart; refused, with where to read more, where they do not suit it. */
export function parseWords(command: CommandShape, typed: readonly string[]): Result<ParsedWords> {
  const split = splitWords(typed, command.options);
  const problem = typeof split === 'string' ? split : problemOf(split, command);
  if (typeof split === 'string' || problem !== undefined)
    return err(fault('usage', `${problem}; see fleetlearn ${command.name} --help`));
  const options: Record<string, OptionValue> = {};
  for (const [key, option] of Object.entries(command.options))
    options[key] = valueOf(option, split.values[key] ?? []);
  return ok({ words: split.words, options });
}

interface SplitWords {
  readonly words: readonly string[];
  /** Every value of every option that was given; a flag's value is its name. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** What was typed, taken apart; or what is wrong with it. */
function splitWords(typed: readonly string[], options: Options): SplitWords | string {
  const kinds = Object.entries(options).map(
    ([key, { type }]) => [key, { type: type === 'boolean' ? type : 'string', multiple: true }] as const,
  );
  try {
    const { positionals, tokens } = parseArgs({
      args: withNegatives(typed, options),
      options: Object.fromEntries(kinds),
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const values: Record<string, string[]> = {};
    for (const token of tokens)
      if (token.kind === 'option') (values[token.name] ??= []).push(token.value ?? token.name);
    return { words: positionals, values };
  } catch (error) {
    return firstSentence(error instanceof Error ? error.message : String(error));
  }
}

const NEGATIVE_NUMBER = /^-\.?\d/;

/** A negative number after an option that takes a value is that value, though it begins as an option does. */
function withNegatives(typed: readonly string[], options: Options): string[] {
  const words: string[] = [];
  for (const word of typed) {
    const before = words.at(-1) ?? '';
    const option = before.startsWith('--') ? options[before.slice(2)] : undefined;
    if (option && option.type !== 'boolean' && NEGATIVE_NUMBER.test(word))
      words[words.length - 1] = `${before}=${word}`;
    else words.push(word);
  }
  return words;
}

const firstSentence = (text: string): string => text.split(/\. |\n/)[0]?.replace(/[.]$/, '') ?? text;

function problemOf({ words, values }: SplitWords, command: CommandShape): string | undefined {
  if (words.length !== command.words.length) {
    const wanted = command.words.map(({ name }) => name).join(' ') || 'none';
    return `${words.length} words given, but wanted: ${wanted}`;
  }
  const wrongWord = command.words
    .map(({ name, choices }, index) => choiceProblem(name, choices, words[index] ?? ''))
    .find((problem) => problem !== undefined);
  if (wrongWord !== undefined) return wrongWord;
  return Object.entries(command.options)
    .map(([key, option]) => optionProblem(key, option, values[key] ?? []))
    .find((problem) => problem !== undefined);
}

function optionProblem(key: string, option: Option, given: readonly string[]): string | undefined {
  if (option.type === 'boolean') return undefined;
  if (option.required && given.length === 0) return `--${key} is needed`;
  if (option.type !== 'many' && given.length > 1) return `--${key} is given ${given.length} times`;
  if (given.includes('')) return `--${key} needs a value`;
  return option.type === 'choice' && given[0] !== undefined
    ? choiceProblem(`--${key}`, option.choices, given[0])
    : undefined;
}

const choiceProblem = (
  what: string,
  choices: readonly string[] | undefined,
  given: string,
): string | undefined =>
  choices && !choices.includes(given) ? `${what} is ${choices.join(' or ')}, not "${given}"` : undefined;

function valueOf(option: Option, given: readonly string[]): OptionValue {
  if (option.type === 'boolean') return given.length > 0;
  return option.type === 'many' ? given : given[0];
}
