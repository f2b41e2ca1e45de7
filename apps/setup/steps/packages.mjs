import fs from 'node:fs';
import process from 'node:process';

import { runQuietly } from '../command.mjs';
import { at, pinnedNode } from '../paths.mjs';
import { SetupError } from '../setup-error.mjs';

/** The npm packages of package-lock.json, among them the Node that runs everything else. */
export const packages = {
  title: 'npm packages installed',
  isDone: () => fs.existsSync(pinnedNode) && isInstalledAsLocked(),
  async run(env) {
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new SetupError(
        `Fleetlearn runs on Linux x64 (Debian 12 is tested); this is ${process.platform} ${process.arch}. ` +
          'A Debian container or virtual machine on such a computer will do.',
      );
    }
    await runQuietly('npm', ['ci', '--include=dev', '--loglevel=error'], {
      env,
      advice: 'The npm registry must be reachable (see `npm config get registry`). Then run this again.',
    });
  },
};

/** npm leaves a copy of the lock file of what it installed: compare, so that no stamp can lie. */
function isInstalledAsLocked() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([folder, { version, optional }]) => {
    const found = installed[folder];
    return folder === '' || (found ? found.version === version : optional === true);
  });
}

function readPackages(lockFile) {
  try {
    return JSON.parse(fs.readFileSync(at(lockFile), 'utf8')).packages;
  } catch {
    return {};
  }
}
