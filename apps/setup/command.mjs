import { spawn } from 'node:child_process';

import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

// npm and tsc tell the cause first, apt-get last.
const shownAtEachEnd = 20;

/** Runs a set-up command silently. If it fails, shows the end of its output and then `advice`. */
export async function runQuietly(command, args, { env, advice }) {
  const { ok, output } = await capture(command, args, env);
  if (ok) return;
  throw new SetupError(
    `${shorten(output)}\n\nSet-up stopped: \`${[command, ...args].join(' ')}\` failed.\n${advice}`,
  );
}

function shorten(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length > 2 * shownAtEachEnd) lines.splice(shownAtEachEnd, lines.length - 2 * shownAtEachEnd, '…');
  return lines.join('\n');
}

/** Starts a command, waits for its end and answers all it wrote. */
export function capture(command, args, env) {
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk) => (output += chunk);
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}
