import fs from 'node:fs';

import { runQuietly } from '../command.mjs';
import { at, pinnedNode } from '../paths.mjs';
import { filesIn, stateOf } from '../sources.mjs';
import { isStamped, stamp } from '../stamp.mjs';

const folder = 'apps/console';

/** The admin console -> dist/console, which the server serves. Types are checked by `npm run check`. */
export const adminConsole = {
  title: 'admin console built',
  isDone: () => fs.existsSync(at('dist/console/index.html')) && isStamped('console', sourceState()),
  async run(env) {
    const state = sourceState();
    const args = ['node_modules/vite/bin/vite.js', 'build', '--config', `${folder}/vite.config.mts`];
    await runQuietly(pinnedNode, args, { env, advice: 'Correct the faults above, then run this again.' });
    stamp('console', state);
  },
};

// The console's libraries are few and small; all of libs/base and libs/fleet/protocol are watched rather than listed.
const sourceState = () =>
  stateOf(
    [folder, 'libs/base', 'libs/fleet/protocol'].flatMap((one) => filesIn(one)).concat('package-lock.json'),
  );
