import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { dataFolder } from './paths.mjs';

const lockFile = path.join(dataFolder, 'setup.lock');
const pollMs = 200;

/** Runs `work` while no other set-up of this repository works. */
export async function withLock(work) {
  fs.mkdirSync(dataFolder, { recursive: true });
  if (!tryToTake()) {
    process.stderr.write(`set-up: waiting for the one that already runs (${lockFile})\n`);
    while (!tryToTake()) await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lockFile, { force: true });
  }
}

function tryToTake() {
  try {
    fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isHolderAlive()) return false;
    fs.rmSync(lockFile, { force: true });
    return tryToTake();
  }
}

function isHolderAlive() {
  try {
    process.kill(Number(fs.readFileSync(lockFile, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
