import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { at } from './paths.mjs';

// Under node_modules, so that a fresh install forgets what was built with the old packages.
const stampFolder = at('node_modules/.fleetlearn');

export const hash = (...parts) => createHash('sha256').update(parts.join('\0')).digest('hex');

/** True if the step last ended well with this same value. */
export function isStamped(name, value) {
  try {
    return fs.readFileSync(path.join(stampFolder, name), 'utf8') === value;
  } catch {
    return false;
  }
}

export function stamp(name, value) {
  fs.mkdirSync(stampFolder, { recursive: true });
  fs.writeFileSync(path.join(stampFolder, name), value);
}
