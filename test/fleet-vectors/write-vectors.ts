/** Rewrites test/vectors/protocol and test/vectors/delta: `node dist/test/fleet-vectors/write-vectors.js`, then read the diff. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deltaVectorFiles, protocolVectorFiles } from './vector-files';

function write(folder: string, files: ReadonlyMap<string, string>): void {
  const path = join('test', 'vectors', folder);
  mkdirSync(path, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(path, name), text);
}

write('protocol', protocolVectorFiles());
write('delta', deltaVectorFiles());
