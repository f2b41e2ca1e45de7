import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with package.json: the same whether this runs from the sources (tests) or from dist. */
const repositoryRoot = climb(__dirname);

/** Where everything lies. Demos work in folders under `work`; what they compiled is kept in `buildCache`. */
export const FOLDERS = {
  programs: join(repositoryRoot, 'dist/apps'),
  model: join(repositoryRoot, 'apps/demo/model/kws-digits.tflite'),
  voices: join(repositoryRoot, 'apps/demo/data'),
  templates: join(repositoryRoot, 'firmware-templates'),
  buildCache: join(repositoryRoot, '.fleetlearn/build'),
  work: join(repositoryRoot, '.fleetlearn'),
} as const;

function climb(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
  return climb(parent);
}
