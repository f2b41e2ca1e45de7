import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from '../demo-error';

export interface ChildDescription {
  /** For people: `server`. */
  readonly name: string;
  /** The compiled program. */
  readonly program: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Receives all it writes. */
  readonly logFile: string;
}

const GRACE_MS = 5_000;
const SHOWN_LINES = 15;

/** Another app of this project, run as a process of its own. */
export class Child {
  /** Settles when it has ended, however. */
  private readonly ended: Promise<string>;

  private constructor(
    private readonly description: ChildDescription,
    private readonly child: ChildProcess,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
    });
  }

  /** In a process group of its own: Ctrl-C at the terminal reaches the demo alone, which then stops its children. */
  static start(description: ChildDescription): Child {
    const { program, words, environment, logFile } = description;
    const log = openSync(logFile, 'a');
    try {
      const child = spawn(process.execPath, [program, ...words], {
        env: environment,
        stdio: ['ignore', log, log],
        detached: true,
      });
      return new Child(description, child);
    } finally {
      closeSync(log);
    }
  }

  /** Rejects when the child ends, with the end of its log; never resolves. */
  async death(): Promise<never> {
    const how = await this.ended;
    const { name, logFile } = this.description;
    throw new DemoError(`The ${name} process died (${how}). The end of ${logFile}:\n${this.logEnd()}`);
  }

  /** Asks it to stop, waits, and then kills it and whatever it started. */
  async stop(): Promise<void> {
    if (this.child.pid === undefined) return;
    this.child.kill('SIGTERM');
    await Promise.race([this.ended, sleep(GRACE_MS, undefined, { ref: false })]);
    killGroup(this.child.pid);
    await this.ended;
  }

  private logEnd(): string {
    const lines = readFileSync(this.description.logFile, 'utf8').trimEnd().split('\n');
    return lines
      .slice(-SHOWN_LINES)
      .map((line) => `  ${line}`)
      .join('\n');
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}
