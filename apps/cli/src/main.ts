/** `fleetlearn COMMAND …`: the model-to-image half of Fleetlearn, offline. */
import process from 'node:process';
import { commands } from './commands';
import { runCli } from './run-cli';

const terminal = {
  print: (text: string): void => console.log(text),
  note: (text: string): void => console.error(text),
};

void runCli(commands, process.argv.slice(2), terminal).then((code) => {
  process.exitCode = code;
});
