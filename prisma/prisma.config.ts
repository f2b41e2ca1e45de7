import { resolve } from 'node:path';

import { defineConfig } from 'prisma/config';

/** Read by the Prisma command line, from the repository's root. The set-up (apps/setup) gives DATABASE_URL. */
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? `file:${resolve('.fleetlearn/data/fleetlearn.db')}` },
});
