/** `npm run demo`: a fleet of emulated microcontrollers that learns, from enrolment to a better model. */
import process from 'node:process';
import { systemClock } from '#libs/base/clock';
import { runDemo } from './demo';
import { DemoError } from './demo-error';
import { parseOptions, USAGE } from './options';
import { Interruption, interruptible } from './processes/interruption';
import { Progress } from './progress';

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  await runDemo(options, new Progress(systemClock, console.log), interruptible());
  return 0;
}

/** What went wrong, for people; and the exit code. */
function explain(reason: unknown): number {
  if (reason instanceof Interruption) return reason.exitCode;
  console.error(reason instanceof DemoError ? `\n${reason.message}` : reason);
  return 1;
}

void main()
  .catch(explain)
  .then((code) => {
    process.exitCode = code;
  });
