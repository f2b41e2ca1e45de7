import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TEMPLATES = join(__dirname, '..', '..', 'firmware-templates');

/** Whether this machine can compile C; where not, specs of the C skip and say so. */
export const hasGcc = spawnSync('gcc', ['--version']).status === 0;
export const describeC = hasGcc ? describe : describe.skip;

const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Werror', '-g', '-O1'];
const SANITIZED = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

export interface CProgram {
  /** The driver, in this folder. */
  readonly driver: string;
  /** Files of firmware-templates. */
  readonly sources: readonly string[];
}

/** Compiles a program under AddressSanitizer and UndefinedBehaviorSanitizer; the path of the executable. */
export function compileC({ driver, sources }: CProgram): string {
  const target = join(mkdtempSync(join(tmpdir(), 'fleetlearn-c-')), 'program');
  const includes = ['net', 'runtime', 'kernels'].map((folder) => `-I${join(TEMPLATES, folder)}`);
  const files = [join(__dirname, driver), ...sources.map((source) => join(TEMPLATES, source))];
  // The driver uses stdio's loose types; the sources under test are compiled as strictly as for a board.
  run('gcc', [
    ...STRICT,
    '-Wno-sign-conversion',
    ...SANITIZED,
    `-I${__dirname}`,
    ...includes,
    ...files,
    '-o',
    target,
  ]);
  return target;
}

/** Sends lines to a program's standard input; its lines. A sanitizer's report throws. */
export function talk(program: string, lines: readonly string[]): readonly string[] {
  const answer = run(program, [], lines.join('\n') + '\n').split('\n');
  answer.pop();
  return answer;
}

function run(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr.slice(0, 4000)}`);
  return stdout;
}
