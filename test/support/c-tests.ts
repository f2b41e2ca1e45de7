/** C tests of single files of `firmware-templates`, under sanitizers on this machine. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testWorkshop } from '#test/support/harness';
import { neededKernels } from '../../libs/firmware/toolchain/build/needed-kernels';
import { sourceTreeAt } from '../../libs/firmware/toolchain/build/source-tree';

const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Wno-sign-conversion', '-Werror'];
const SANITIZED = ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const FOLDERS = ['kernels', 'runtime', 'test'];

const hasGcc = spawnSync('gcc', ['--version']).status === 0;

/** `describe` where there is a gcc; else its tests are skipped. */
export const describeWithGcc = hasGcc ? describe : describe.skip;

interface CTestOptions {
  /** Of the templates, besides the test and the kernels that it calls. */
  readonly sources?: readonly string[];
  readonly macros?: readonly string[];
}

/** Compiles and runs test/`test`.c; what compiler or program complained about, empty where all is well. */
export async function complaintsOf(
  test: string,
  { sources = [], macros = [] }: CTestOptions = {},
): Promise<string> {
  const files = await filesOf([`test/${test}.c`, ...sources]);
  const folder = mkdtempSync(join(tmpdir(), 'fleetlearn-c-'));
  try {
    const program = join(folder, 'program');
    const includes = FOLDERS.map((name) => `-I${join(testWorkshop.templates, name)}`);
    const args = [...STRICT, ...SANITIZED, ...macros, ...includes, ...files, '-o', program];
    const compiled = spawnSync('gcc', args, { encoding: 'utf8' });
    if (compiled.status !== 0) return compiled.stderr;
    const ran = spawnSync(program, { encoding: 'utf8' });
    return ran.status === 0 ? '' : `ended with ${ran.status}: ${ran.stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Paths of some files of the templates and of the kernels that they call. */
async function filesOf(names: readonly string[]): Promise<readonly string[]> {
  const tree = sourceTreeAt(testWorkshop.templates);
  const own = await Promise.all(names.map((name) => tree.source(name, false)));
  const kernels = neededKernels(await tree.kernels(), own, await tree.headers(FOLDERS));
  return [...own, ...kernels].map(({ path }) => path);
}
