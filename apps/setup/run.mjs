/**
 * `node apps/setup/run.mjs <target> [words…]`: does whatever set-up is missing, then runs the target.
 *
 * Plain JavaScript without dependencies, because it runs before node_modules exist and under any Node
 * from version 20 on. Everything after it runs under the pinned Node from node_modules.
 */
import process from 'node:process';

import { childEnvironment } from './environment.mjs';
import { SetupError } from './setup-error.mjs';
import { handOver } from './hand-over.mjs';
import { callersFolder, root } from './paths.mjs';
import { ensure } from './steps.mjs';
import { targets } from './targets.mjs';

async function main([name, ...words]) {
  const target = targets[name];
  if (!target) throw new SetupError(`Unknown target "${name}". Known: ${Object.keys(targets).join(', ')}.`);

  const environment = childEnvironment(target);
  const showProgress = !target.quiet || process.stderr.isTTY;
  for (const step of target.needs) await ensure(step, { environment, showProgress });
  const folder = target.inCallersFolder ? callersFolder(name) : root;
  return handOver(target.runs, { words, env: environment, folder });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
