import process from 'node:process';

import { withLock } from './lock.mjs';
import { build } from './steps/build.mjs';
import { client } from './steps/client.mjs';
import { compilers } from './steps/compilers.mjs';
import { adminConsole } from './steps/console.mjs';
import { packages } from './steps/packages.mjs';

/**
 * A step is `{ title, isDone(environment), run(environment) }`. `isDone` is quick, because it is asked on
 * every start; `run` throws a SetupError that says what the user can do.
 */
const steps = { packages, compilers, client, build, console: adminConsole };

/** Runs a step unless it is done. Two terminals may start at once: the second waits for the first. */
export async function ensure(name, { environment, showProgress }) {
  const step = steps[name];
  if (step.isDone(environment)) return;
  await withLock(async () => {
    if (step.isDone(environment)) return;
    const started = Date.now();
    await step.run(environment);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    if (showProgress) process.stderr.write(`set-up: ${step.title} (${seconds} s)\n`);
  });
}
