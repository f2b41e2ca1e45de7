import fs from 'node:fs';
import process from 'node:process';

import { runQuietly } from '../command.mjs';
import { at, pinnedNode } from '../paths.mjs';
import { filesIn, stateOf } from '../sources.mjs';
import { isStamped, stamp } from '../stamp.mjs';

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

function sourceState() {
  const sources = folders
    .flatMap((folder) => filesIn(folder, [consoleFolder]))
    .filter((file) => /\.(ts|json)$/.test(file));
  return stateOf([...sources, 'tsconfig.json', 'package-lock.json']);
}

/** tsc leaves the output of a deleted source behind, where an import or a start would still find it. */
function removeOrphans() {
  const outputs = folders.flatMap((folder) => filesIn(`dist/${folder}`));
  for (const output of outputs) {
    const source = output.replace(/^dist\//, '').replace(/\.js(\.map)?$/, '.ts');
    if (!fs.existsSync(at(source))) fs.rmSync(at(output));
  }
}

const colour = () => ['--pretty', String(Boolean(process.stderr.isTTY))];
