import { spawn } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';

import { pinnedNode } from './paths.mjs';

/**
 * Runs the command lines one after another in a folder, each with this process's terminal, and answers the exit
 * code: the first that is not zero. A failed one does not stop the next, so `check` reports all gates.
 */
export async function handOver(runs, { words, env, folder }) {
  const failures = [];
  for (const [index, command] of runs.entries()) {
    const isLast = index === runs.length - 1;
    const { code, signal, interrupted } = await runToEnd(isLast ? [...command, ...words] : command, {
      env,
      folder,
    });
    const exitCode = signal ? 128 + os.constants.signals[signal] : code;
    if (interrupted) return exitCode;
    if (exitCode !== 0) failures.push({ command, exitCode, signal });
  }
  for (const { command, signal } of failures) {
    const name = `node ${command.join(' ')}`;
    if (signal) process.stderr.write(`\nEnded by ${signal}: ${name}\n`);
    else if (runs.length > 1) process.stderr.write(`\nFailed: ${name}\n`);
  }
  return failures[0]?.exitCode ?? 0;
}

function runToEnd(args, { env, folder }) {
  return new Promise((resolve, reject) => {
    const child = spawn(pinnedNode, args, { cwd: folder, env, stdio: 'inherit' });
    const forwarding = forwardSignals(child);
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal, interrupted: forwarding.stop() }));
  });
}

/**
 * The child decides when to stop, so this process must outlive the signal. Ctrl-C at a terminal reaches
 * the whole process group: passing it on would interrupt the child twice. `stop` tells if one came.
 */
function forwardSignals(child) {
  let interrupted = false;
  const forward = (signal) => {
    interrupted = true;
    const reachedChild = signal === 'SIGINT' && process.stdin.isTTY;
    if (!reachedChild) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return {
    stop() {
      for (const signal of signals) process.off(signal, forward);
      return interrupted;
    },
  };
}
