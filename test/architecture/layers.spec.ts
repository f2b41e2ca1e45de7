import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { breaches } from './layer-rules';

const repository = path.resolve(__dirname, '../..');

it('lets every source file import only what layers.json allows', () => {
  const sources = globSync('{apps,libs}/**/*.{ts,tsx}', {
    cwd: repository,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  });
  const found = sources
    .sort()
    .flatMap((file) => breaches(file, readFileSync(path.join(repository, file), 'utf8')));
  expect(found).toEqual([]);
});

describe('a planted breach is caught:', () => {
  it.each([
    ['an upward import', 'libs/model/ir/a.ts', `import { runPasses } from '#libs/model/passes';`],
    ['an upward type import', 'libs/model/ir/a.ts', `import type { Pass } from '#libs/model/passes';`],
    ['an upward inline type', 'libs/model/ir/a.ts', `let p: import('#libs/model/passes').Pass;`],
    ['an upward dynamic import', 'libs/model/ir/a.ts', `await import('#libs/model/passes');`],
    ['an upward require', 'libs/model/ir/a.ts', `require('#libs/model/passes');`],
    ['an upward import-require', 'libs/model/ir/a.ts', `import p = require('#libs/model/passes');`],
    ['an upward re-export', 'libs/model/ir/a.ts', `export * from '#libs/model/passes';`],
    ['an upward relative import', 'libs/model/ir/a.ts', `import { runPasses } from '../passes';`],
    ['a computed import', 'libs/model/ir/a.ts', `await import(name);`],
    ['firmware in fleet', 'libs/fleet/protocol/a.ts', `import '#libs/firmware/image';`],
    [
      'a value where types are allowed',
      'libs/fleet/campaign/a.ts',
      `import { encodeJob } from '#libs/fleet/protocol';`,
    ],
    [
      'one value among types',
      'libs/fleet/campaign/a.ts',
      `import { type Job, encodeJob } from '#libs/fleet/protocol';`,
    ],
    ['Nest in a library', 'libs/fleet/campaign/a.ts', `import { Injectable } from '@nestjs/common';`],
    ['the disk in a library', 'libs/firmware/codegen/a.ts', `import fs from 'node:fs';`],
    ['the disk without its prefix', 'libs/firmware/codegen/a.ts', `import fs from 'fs';`],
    ['Prisma in a library', 'libs/fleet/campaign/a.ts', `import type { Device } from '#prisma';`],
    [
      'Prisma in a service',
      'apps/server/src/devices/devices.service.ts',
      `import { Device } from '#prisma';`,
    ],
    ['an import past the front door', 'apps/cli/src/a.ts', `import '#libs/model/ir/tensor';`],
    ['a relative import of a library', 'apps/cli/src/a.ts', `import '../../../libs/model/ir';`],
    ['an app in another app', 'apps/cli/src/a.ts', `import '../../server/src/main';`],
    ['a library in the console', 'apps/console/src/a.tsx', `import '#libs/model/passes';`],
    ['a test helper in an app', 'apps/cli/src/a.ts', `import '#test/support/builders';`],
    ['process.env', 'apps/server/src/main.ts', `process.env.PORT;`],
    ['process["env"]', 'apps/server/src/main.ts', `process['env'];`],
    ['a destructured env', 'apps/server/src/main.ts', `const { env } = process;`],
    ['an imported env', 'apps/server/src/main.ts', `import { env } from 'node:process';`],
    ['a library without a row', 'libs/model/extras/a.ts', ``],
    ['a file of no library', 'libs/model/a.ts', ``],
    ['a spec past a front door', 'libs/model/passes/a.spec.ts', `import '../ir/tensor';`],
  ])('%s', (_what, file, text) => {
    expect(breaches(file, text)).toHaveLength(1);
  });
});

describe('what the table allows passes:', () => {
  it.each([
    ['a lower library', 'libs/model/passes/a.ts', `export { checkGraph } from '#libs/model/ir';`],
    ['its own files', 'libs/model/passes/gradients/a.ts', `import { b } from '../b';`],
    ['types of another group', 'libs/fleet/delta/a.ts', `import { type Graph } from '#libs/model/ir';`],
    ['gcc for the toolchain', 'libs/firmware/toolchain/a.ts', `import { spawn } from 'node:child_process';`],
    [
      'Prisma in a repository',
      'apps/server/src/devices/devices.repository.ts',
      `import { Device } from '#prisma';`,
    ],
    ['packages in an app', 'apps/server/src/main.ts', `import { NestFactory } from '@nestjs/core';`],
    [
      'the environment in the config',
      'apps/server/src/config/read.ts',
      `export const port = process.env.PORT;`,
    ],
    ['a higher library in a spec', 'libs/model/passes/a.spec.ts', `import '#libs/model/reference';`],
  ])('%s', (_what, file, text) => {
    expect(breaches(file, text)).toEqual([]);
  });
});
