/** `fleetlearn COMMAND …`: the model-to-image half of Fleetlearn, offline. */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { commands } from './commands';
import { isSystemError } from './files/system-error';
import { REFUSED, refusal, runCli } from './run-cli';

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

const terminal = {
  print: (text: string): void => writeAll(STANDARD_OUTPUT, `${text}\n`),
  note: (text: string): void => writeAll(STANDARD_ERROR, `${text}\n`),
};

/** Writes now: a pipe that nobody reads any more throws here, and not behind our back. */
function writeAll(stream: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(stream, rest));
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error;
    }
  }
}

async function main(): Promise<number> {
  try {
    return await runCli(commands, process.argv.slice(2), terminal);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    terminal.note(refusal(`system.${error.code.toLowerCase()}`, error.message));
    return REFUSED;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
