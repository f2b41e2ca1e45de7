import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const TEMPLATES = resolve(__dirname, '../../../firmware-templates');
const FLAGS = [
  '-std=c99',
  '-Wall',
  '-Wextra',
  '-Wconversion',
  '-Wno-sign-conversion',
  '-Werror',
  '-O1',
  '-g',
];
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const hasGcc = spawnSync('gcc', ['--version']).status === 0;

/** Compiles and runs a C test under sanitizers; what it complained about. */
function complaintsOf(test: string, sources: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetlearn-c-'));
  try {
    const includes = ['kernels', 'runtime', 'test'].map((name) => `-I${join(TEMPLATES, name)}`);
    const files = [`test/${test}.c`, ...sources].map((file) => join(TEMPLATES, file));
    const program = join(folder, 'program');
    const compiled = spawnSync('gcc', [...FLAGS, ...SANITIZERS, ...includes, ...files, '-o', program], {
      encoding: 'utf8',
    });
    if (compiled.status !== 0) return compiled.stderr;
    const ran = spawnSync(program, { encoding: 'utf8' });
    return ran.status === 0 ? '' : `ended with ${ran.status}: ${ran.stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

(hasGcc ? describe : describe.skip)('C tests of the kernels (skipped without gcc)', () => {
  it('the fixed-point arithmetic is what NUMERICS defines, at all edges', () => {
    expect(complaintsOf('arith_test', [])).toBe('');
  });

  it('SHA-256 gives the digests of FIPS 180-4', () => {
    expect(complaintsOf('sha256_test', ['runtime/sha256.c'])).toBe('');
  });
});
