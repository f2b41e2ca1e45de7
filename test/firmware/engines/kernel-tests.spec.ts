import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testWorkshop } from '#test/support/harness';

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

/** Compiles and runs a C test over all kernels under sanitizers; what it complained about. */
function complaintsOf(test: string, macros: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetlearn-kernels-'));
  try {
    const path = (...parts: readonly string[]): string => join(testWorkshop.templates, ...parts);
    const kernels = readdirSync(path('kernels')).filter((name) => name.endsWith('.c'));
    const sources = [path('test', `${test}.c`), ...kernels.map((name) => path('kernels', name))];
    const includes = ['kernels', 'test'].map((name) => `-I${path(name)}`);
    const program = join(folder, 'program');
    const args = [...FLAGS, ...macros, ...SANITIZERS, ...includes, ...sources, '-o', program];
    const compiled = spawnSync('gcc', args, { encoding: 'utf8' });
    if (compiled.status !== 0) return compiled.stderr;
    const ran = spawnSync(program, { encoding: 'utf8' });
    return ran.status === 0 ? '' : `ended with ${ran.status}: ${ran.stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

(hasGcc ? describe : describe.skip)('C tests of the kernels (skipped without gcc)', () => {
  it('a map computed row by row, through rings, is the one computed in one call', () => {
    expect(complaintsOf('band_test')).toBe('');
  });

  it('gradients by the kernels for DSP instructions are those of the plain kernels', () => {
    expect(complaintsOf('gradient_dsp_test', ['-DFL_DSP=1'])).toBe('');
  });
});
