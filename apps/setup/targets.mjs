import { at } from './paths.mjs';

/**
 * What each npm script needs and what it runs. Data only: edit here.
 *
 * - needs: set-up steps, in order (see steps/)
 * - runs: command lines for the pinned Node, one after another; words typed after `--` go to the last one
 * - database: file under .fleetlearn/ that DATABASE_URL names, unless the caller has set DATABASE_URL
 * - inCallersFolder: true runs it where npm was called, so that paths mean what they mean there (paths in `runs` are absolute then)
 * - quiet: true keeps progress lines off a redirected screen, for output that other programs read
 */
const tools = ['packages', 'compilers', 'client'];
const everything = [...tools, 'build'];

const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--config',
  'test/jest.config.cjs',
];
const cli = at('dist/apps/cli/src/main.js');
const bench = 'dist/apps/bench/src/main.js';
const fuzz = 'dist/test/fuzz/main.js';

export const targets = {
  demo: { needs: [...everything, 'console'], runs: [['dist/apps/demo/src/main.js']] },
  // The server migrates its own database when it starts.
  start: { needs: [...everything, 'console'], runs: [['dist/apps/server/src/main.js']] },
  fleetlearn: { needs: everything, quiet: true, inCallersFolder: true, runs: [[cli]] },
  size: { needs: everything, runs: [[bench, 'size']] },
  bench: { needs: everything, runs: [[bench]] },
  fuzz: { needs: everything, runs: [[fuzz]] },
  test: { needs: everything, runs: [jest] },
  check: {
    needs: tools,
    runs: [
      ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
      ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
      ['node_modules/typescript/bin/tsc'],
      ['node_modules/typescript/bin/tsc', '-p', 'apps/console'],
      jest,
    ],
  },
  'db:migrate': {
    needs: ['packages', 'client'],
    // A database of its own: Prisma empties it when a migration it has run is changed.
    database: 'migrations.db',
    runs: [['node_modules/prisma/build/index.js', 'migrate', 'dev', '--config', 'prisma/prisma.config.ts']],
  },
};
