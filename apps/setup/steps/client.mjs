import fs from 'node:fs';

import { runQuietly } from '../command.mjs';
import { at, pinnedNode } from '../paths.mjs';
import { hash, isStamped, stamp } from '../stamp.mjs';

/** The typed database client that Prisma generates from prisma/schema.prisma. */
export const client = {
  title: 'database client generated',
  isDone: () => fs.existsSync(at('prisma/generated/client.ts')) && isStamped('client', schemaHash()),
  async run(env) {
    const args = ['node_modules/prisma/build/index.js', 'generate', '--config', 'prisma/prisma.config.ts'];
    await runQuietly(pinnedNode, args, { env, advice: 'Correct prisma/schema.prisma, then run this again.' });
    stamp('client', schemaHash());
  },
};

const schemaHash = () => hash(fs.readFileSync(at('prisma/schema.prisma'), 'utf8'));
