import fs from 'node:fs';

import { runQuietly } from '../command.mjs';
import { at, pinnedNode } from '../paths.mjs';
import { hash, isStamped, stamp } from '../stamp.mjs';

/** The database that DATABASE_URL names, with every migration applied. */
export const database = {
  title: 'database migrated',
  isDone: (env) => isStamped(stampName(env), stateOf(env)),
  async run(env) {
    const args = [
      'node_modules/prisma/build/index.js',
      'migrate',
      'deploy',
      '--config',
      'prisma/prisma.config.ts',
    ];
    await runQuietly(pinnedNode, args, { env, advice: `The database is ${env.DATABASE_URL}.` });
    stamp(stampName(env), stateOf(env));
  },
};

const stampName = (env) => `database-${hash(env.DATABASE_URL).slice(0, 12)}`;

/** Which file it is and which migrations there are: a deleted or replaced database is migrated anew. */
function stateOf({ DATABASE_URL }) {
  const file = fs.statSync(DATABASE_URL.replace(/^file:/, ''), { throwIfNoEntry: false });
  if (!file) return 'no database';
  const migrations = fs.existsSync(at('prisma/migrations'))
    ? fs.readdirSync(at('prisma/migrations')).sort()
    : [];
  return hash(file.ino, file.birthtimeMs, ...migrations);
}
