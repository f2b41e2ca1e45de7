/**
 * `node apps/setup/complete-lock.mjs`, after `npm install <package>`.
 *
 * Packages with native parts name one optional package per platform. A registry mirror that holds only
 * some of them makes npm leave the others out of package-lock.json, and `npm ci` then refuses the file,
 * on every registry. This adds the missing entries: their platform says that Linux x64 skips them.
 */
import fs from 'node:fs';

import { at } from './paths.mjs';

const lockFile = at('package-lock.json');
const lock = JSON.parse(fs.readFileSync(lockFile, 'utf8'));

const platformName = /\b(?<os>[a-z]+\d*)-(?<cpu>arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64)\b/;

for (const { optionalDependencies = {}, dev } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const platform = platformName.exec(name)?.groups;
    const isKnown = Object.keys(lock.packages).some((folder) => folder.endsWith(`node_modules/${name}`));
    if (isKnown || !platform) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [platform.cpu],
      ...(dev && { dev }),
      ...(name.endsWith('musl') && { libc: ['musl'] }),
      optional: true,
      os: [platform.os],
    };
  }
}

const entries = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
fs.writeFileSync(
  lockFile,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`,
);
