import type { Command, Options } from './command';

const WIDTH = 28;

/** `fleetlearn --help`: every command, a line each. */
export function overview(commands: readonly Command[]): string {
  const lines = commands.map((command) => entry(headOf(command), command.summary));
  return ['usage: fleetlearn COMMAND …', '', ...lines, '', 'fleetlearn COMMAND --help says more.'].join('\n');
}

/** `fleetlearn COMMAND --help`. */
export function commandHelp(command: Command): string {
  const words = command.words.map(({ name, meaning }) => entry(name, meaning));
  const options = Object.entries(command.options).map(([key, option]) =>
    entry(optionHead(key, option), option.meaning),
  );
  return [`usage: fleetlearn ${usage(command)}`, '', command.summary, '', ...words, ...options]
    .join('\n')
    .trimEnd();
}

function usage(command: Command): string {
  const options = Object.entries(command.options).map(([key, option]) => {
    const head = optionHead(key, option);
    return option.type === 'string' && option.required ? head : `[${head}]`;
  });
  return [headOf(command), ...options].join(' ');
}

const headOf = ({ name, words }: Command): string => [name, ...words.map((word) => word.name)].join(' ');

const optionHead = (key: string, option: Options[string]): string =>
  option.type === 'string' ? `--${key} ${option.value}` : `--${key}`;

const entry = (head: string, meaning: string): string => `  ${head.padEnd(WIDTH)} ${meaning}`;
