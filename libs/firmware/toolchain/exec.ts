import { spawn } from 'node:child_process';

/** What came of running a program. */
export type ExecResult =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'timed-out'; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing' };

export interface ExecOptions {
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** The one door to other programs: compilers and emulators are run through it, so that a test can stand in for them. */
export interface Exec {
  run(command: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
}

const DEFAULT_TIMEOUT_MS = 120_000;
/** Output beyond this is dropped: a runaway program must not fill our memory. */
const MOST_OUTPUT = 1 << 20;

/** Runs programs of this machine, without a shell. */
export const nodeExec: Exec = {
  run: (command, args, { cwd, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...args], {
        ...(cwd === undefined ? {} : { cwd }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output = { stdout: '', stderr: '' };
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
      }, timeoutMs);
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          if (output[name].length < MOST_OUTPUT) output[name] += text;
        });
      }
      child.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        if (error.code === 'ENOENT') resolve({ kind: 'missing' });
        else reject(error);
      });
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve(timedOut ? { kind: 'timed-out', ...output } : { kind: 'ended', code: code ?? -1, ...output });
      });
    }),
};
