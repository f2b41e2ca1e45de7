import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DemoError } from './demo-error';

/** A folder that one demo has to itself. */
export interface WorkFolder {
  readonly path: string;
  /** Lets another demo have it; what is in it stays to be looked at. */
  release(): void;
}

const MOST_DEMOS = 9;

/** An empty `demo` in `parent`; where another demo runs in that, `demo-2`, and so on. */
export function takeWorkFolder(parent: string): WorkFolder {
  mkdirSync(parent, { recursive: true });
  for (let number = 1; number <= MOST_DEMOS; number++) {
    const path = join(parent, number === 1 ? 'demo' : `demo-${number}`);
    const lock = `${path}.lock`;
    if (!tryToLock(lock)) continue;
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    return { path, release: () => rmSync(lock, { force: true }) };
  }
  throw new DemoError(`${MOST_DEMOS} demos are running already (see the lock files in ${parent}).`);
}

function tryToLock(lock: string): boolean {
  if (isAlive(holderOf(lock))) return false;
  rmSync(lock, { force: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that took the lock; NaN where none did. */
function holderOf(lock: string): number {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
