/**
 * Rewrites test/vectors/training from NUMERICS.md's own implementation: `node dist/test/support/numerics-v2/write-vectors.js
 * [NAME…]`, then read the diff. Needs ../shared, and a quarter of an hour for the long session.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { kwsCases, tinyCases } from './cases';
import { specVector, vectorFile, vectorText } from './vectors';

const wanted = process.argv.slice(2);
for (const golden of [...tinyCases(), ...kwsCases()]) {
  if (wanted.length > 0 && !wanted.includes(golden.name)) continue;
  const path = vectorFile(golden.name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, vectorText(specVector(golden)));
  process.stdout.write(`${path}\n`);
}
