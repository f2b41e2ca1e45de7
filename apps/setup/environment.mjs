import process from 'node:process';

import { at, dataFolder } from './paths.mjs';

/** The environment of every program that the set-up starts. Values the caller set stay. */
export function childEnvironment(target) {
  return {
    // First on the PATH, so that `#!/usr/bin/env node` finds the pinned Node too.
    ...process.env,
    PATH: `${at('node_modules/.bin')}:${process.env.PATH ?? ''}`,
    ...(target.database &&
      !process.env.DATABASE_URL && { DATABASE_URL: `file:${dataFolder}/${target.database}` }),
    PRISMA_SCHEMA_ENGINE_BINARY: at('prisma/tools/schema-engine.sh'),
    // Prisma looks for a newer version of itself otherwise.
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
}
