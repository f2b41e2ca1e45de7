import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { runQuietly } from '../command.mjs';
import { at, pinnedNode } from '../paths.mjs';
import { hash, isStamped, stamp } from '../stamp.mjs';

const folders = ['apps', 'libs', 'prisma', 'test'];
const consoleFolder = 'apps/console'; // has a build of its own

/** TypeScript of apps, libs, prisma and test -> dist, with every type checked. */
export const build = {
  title: 'TypeScript built',
  isDone: () => isStamped('build', sourceState()),
  async run(env) {
    const state = sourceState();
    removeOrphans();
    await runQuietly(pinnedNode, ['node_modules/typescript/bin/tsc', ...colour()], {
      env,
      advice: 'Correct the type errors above, then run this again.',
    });
    stamp('build', state);
  },
};

/** Name, size and time of change of every source: a few milliseconds, where asking tsc takes seconds. */
function sourceState() {
  const sources = folders.flatMap(filesIn).filter((file) => /\.(ts|json)$/.test(file));
  const state = [...sources, 'tsconfig.json', 'package-lock.json'].map((file) => {
    const { size, mtimeMs } = fs.statSync(at(file));
    return [file, size, mtimeMs].join();
  });
  return hash(...state);
}

/** tsc leaves the output of a deleted source behind, where an import or a start would still find it. */
function removeOrphans() {
  const outputs = folders.flatMap((folder) => filesIn(`dist/${folder}`));
  for (const output of outputs) {
    const source = output.replace(/^dist\//, '').replace(/\.js(\.map)?$/, '.ts');
    if (!fs.existsSync(at(source))) fs.rmSync(at(output));
  }
}

function filesIn(folder) {
  if (folder.endsWith(consoleFolder) || !fs.existsSync(at(folder))) return [];
  return fs.readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(name) : [name];
  });
}

const colour = () => ['--pretty', String(Boolean(process.stderr.isTTY))];
