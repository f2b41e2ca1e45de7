import { resolve } from 'node:path';
import { runCli } from '../run-cli';
import { commands } from '../commands';

/** The model of the demo. */
export const KWS_DIGITS = resolve(__dirname, '../../../demo/model/kws-digits.tflite');

/** What a command line said. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly noted: string;
}

/** Runs a command line in this process. */
export async function fleetlearn(...words: readonly string[]): Promise<Said> {
  const printed: string[] = [];
  const noted: string[] = [];
  const terminal = { print: (text: string) => printed.push(text), note: (text: string) => noted.push(text) };
  const code = await runCli(commands, words, terminal);
  return { code, out: printed.join('\n'), noted: noted.join('\n') };
}

/** The code of a refusal that is one line with nothing printed. */
export function refusedWith({ code, out, noted }: Said): string | undefined {
  if (code !== 2 || out !== '') return undefined;
  return /^error: ([a-z0-9.-]+): \S.*$/.exec(noted)?.[1];
}
