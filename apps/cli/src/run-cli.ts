import { commandHelp, overview } from './help';
import type { Command, Terminal } from './command';
import { err, fault, ok, type Result } from '#libs/base/result';

/** The exit code of every refusal. */
export const REFUSED = 2;

/** A refusal as it is shown: one line, whatever its cause. */
export const refusal = (code: string, message: string): string =>
  `error: ${code}: ${message.replace(/[\s\p{Cc}]+/gu, ' ').trim()}`;

/** Runs one command line; answers the exit code. A refusal is one line on the error stream. */
export async function runCli(
  commands: readonly Command[],
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const result = await dispatch(commands, words, terminal);
  if (result.ok) return 0;
  terminal.note(refusal(result.error.code, result.error.message));
  return REFUSED;
}

async function dispatch(
  commands: readonly Command[],
  [name, ...rest]: readonly string[],
  terminal: Terminal,
): Promise<Result<void>> {
  if (name === undefined || isHelp(name) || (name === 'help' && rest.length === 0)) {
    terminal.print(overview(commands));
    return ok(undefined);
  }
  const wanted = name === 'help' ? rest[0] : name;
  const command = commands.find((each) => each.name === wanted);
  if (!command) {
    const known = commands.map((each) => each.name).join(', ');
    return err(fault('usage', `there is no command "${wanted}"; there are: ${known}`));
  }
  if (name === 'help' || rest.some(isHelp)) {
    terminal.print(commandHelp(command));
    return ok(undefined);
  }
  return command.run(rest, terminal);
}

const isHelp = (word: string): boolean => word === '--help' || word === '-h';
