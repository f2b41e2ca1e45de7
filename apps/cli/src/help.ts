import type { CommandShape, Option, Options } from './command';

const WIDTH = 28;

/** `fleetlearn --help`: every command, a line each. */
export function overview(commands: readonly CommandShape[]): string {
  const lines = commands.map((command) => entry(headOf(command), command.summary));
  return [
    'usage: fleetlearn COMMAND …',
    '',
    ...lines,
    '',
    'fleetlearn COMMAND --help says more. Exit code 0: done; 2: refused, with one line "error: code: message".',
    'Tab completion, and `fleetlearn` as a command of this shell:',
    '  source <(npm run -s fleetlearn -- completion bash)    (in ~/.bashrc; zsh likewise)',
  ].join('\n');
}

/** `fleetlearn COMMAND --help`. */
export function commandHelp(command: CommandShape): string {
  const words = command.words.map(({ name, meaning }) => entry(name, meaning));
  const options = Object.entries(command.options).map(([key, option]) =>
    entry(optionHead(key, option), option.meaning),
  );
  const notes = (command.notes ?? []).flatMap((note) => ['', note]);
  return [`usage: fleetlearn ${usage(command)}`, '', command.summary, '', ...words, ...options, ...notes]
    .join('\n')
    .trimEnd();
}

function usage(command: CommandShape): string {
  const options = Object.entries(command.options).map(([key, option]) => usageOf(key, option));
  return [headOf(command), ...options].join(' ');
}

function usageOf(key: string, option: Option): string {
  const head = optionHead(key, option);
  const again = option.type === 'many' ? ` [${head} …]` : '';
  return option.type !== 'boolean' && option.required ? `${head}${again}` : `[${head}]${again}`;
}

const headOf = ({ name, words }: CommandShape): string =>
  [name, ...words.map((word) => word.choices?.join('|') ?? word.name)].join(' ');

function optionHead(key: string, option: Options[string]): string {
  if (option.type === 'boolean') return `--${key}`;
  return `--${key} ${option.type === 'choice' ? option.choices.join('|') : option.value}`;
}

/** Long heads have a line of their own. */
const entry = (head: string, meaning: string): string =>
  head.length > WIDTH ? `  ${head}\n  ${' '.repeat(WIDTH)} ${meaning}` : `  ${head.padEnd(WIDTH)} ${meaning}`;
