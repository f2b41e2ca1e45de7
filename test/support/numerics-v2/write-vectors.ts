/**
 * Rewrites test/vectors/training from NUMERICS.md's own implementation: `node dist/test/support/numerics-v2/write-vectors.js
 * [NAME…]`, then read the diff. Needs ../shared, and a quarter of an hour for the long session.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { kwsCases, tinyCases } from './cases';
import { specSession } from './rules';
import { sessionCases } from './session-cases';
import { sessionText, specVector, vectorFile, vectorText } from './vectors';

const wanted = process.argv.slice(2);
const texts = [
  ...[...tinyCases(), ...kwsCases()].map((one) => [one.name, () => vectorText(specVector(one))] as const),
  ...sessionCases().map((one) => [one.name, () => sessionText(specSession(one))] as const),
];
for (const [name, text] of texts) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const path = vectorFile(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text());
  process.stdout.write(`${path}\n`);
}
