import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shop } from '../compile-model';

/** RAM of the delta's encoder in C. */
export interface EncoderMemory {
  readonly stateBytes: number;
  /** The frames of all its functions together: none calls itself, so that no call takes more. What reads the values is not in it. */
  readonly stackBytes: number;
}

const HEADER = 'fl_delta_coding.h';
const SOURCES = ['fl_delta_coding', 'fl_delta_model'];
const SIZE = 'encoder_bytes';
const FLAGS = ['-mcpu=cortex-m4', '-mthumb', '-Os', '-std=c99', '-S'];

/** As the compiler for a Cortex-M4 says. */
export async function encoderMemory(): Promise<EncoderMemory> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlearn-encoder-'));
  try {
    const size = join(folder, 'size');
    await writeFile(`${size}.c`, `#include "${HEADER}"\nconst unsigned ${SIZE} = sizeof(fl_delta_coder);\n`);
    await compile(`${size}.c`, `${size}.s`);
    for (const name of SOURCES) {
      await compile(join(shop.templates, 'net', `${name}.c`), join(folder, `${name}.s`));
    }
    const usages = await Promise.all(SOURCES.map((name) => readFile(join(folder, `${name}.su`), 'utf8')));
    return {
      stateBytes: sizeIn(await readFile(`${size}.s`, 'utf8')),
      stackBytes: usages.reduce((sum, usage) => sum + framesIn(usage), 0),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compile(source: string, assembly: string): Promise<void> {
  const folders = ['net', 'runtime'].map((name) => `-I${join(shop.templates, name)}`);
  const words = [...FLAGS, ...folders, '-fstack-usage', source, '-o', assembly];
  const run = await shop.exec.run(shop.tools.arm, words);
  if (run.kind === 'ended' && run.code === 0) return;
  const said = run.kind === 'missing' ? 'it is not installed' : run.stderr.slice(0, 400);
  throw new Error(`${shop.tools.arm} cannot compile the encoder: ${said}`);
}

/** The word behind its label. */
function sizeIn(assembly: string): number {
  const [, bytes] = new RegExp(`${SIZE}:\\s*\\.word\\s+(\\d+)`).exec(assembly) ?? [];
  return Number(bytes);
}

/** Lines `file:line:column:function <tab> bytes <tab> static`. */
function framesIn(usage: string): number {
  const lines = usage.split('\n').filter((line) => line !== '');
  if (lines.length === 0 || lines.some((line) => !line.endsWith('static'))) return NaN;
  return lines.reduce((sum, line) => sum + Number(line.split('\t')[1]), 0);
}
