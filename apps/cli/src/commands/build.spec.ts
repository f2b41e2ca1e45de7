import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readElf } from '#libs/firmware/elf';
import { runCli } from '../run-cli';
import { commands } from '.';

const KWS_DIGITS = resolve(__dirname, '../../../demo/model/kws-digits.tflite');

interface Report {
  readonly sramBytes: number;
  readonly plannedPeakBytes: number;
  readonly fit: { readonly ramBytes: number };
}

describe('build', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(...words: readonly string[]) {
    const printed: string[] = [];
    const noted: string[] = [];
    const terminal = {
      print: (text: string) => printed.push(text),
      note: (text: string) => noted.push(text),
    };
    const code = await runCli(commands, ['build', KWS_DIGITS, ...words], terminal);
    return { code, out: printed.join('\n'), noted: noted.join('\n') };
  }

  it('writes programs, parameters, the generated C and a report of what fits where', async () => {
    const { code, out } = await run(
      '--board',
      'virtual-m4',
      '--sram',
      '64KB',
      '--out',
      join(folder, 'out'),
      '--json',
    );
    expect(code).toBe(0);
    const files = readdirSync(join(folder, 'out')).sort();
    expect(files).toEqual(
      expect.arrayContaining([
        'model.c',
        'model_config.h',
        'parameters.bin',
        'plan.txt',
        'program.elf',
        'program.wasm',
        'report.json',
      ]),
    );
    expect(readElf(readFileSync(join(folder, 'out', 'program.elf'))).ok).toBe(true);
    const report = JSON.parse(out) as Report;
    expect(report.plannedPeakBytes).toBeLessThanOrEqual(report.sramBytes);
    expect(report.fit.ramBytes).toBeLessThanOrEqual(report.plannedPeakBytes);
  }, 120_000);

  it('writes nothing where the model does not fit', async () => {
    const { code, noted } = await run(
      '--board',
      'virtual-m4',
      '--sram',
      '20KB',
      '--out',
      join(folder, 'out'),
    );
    expect([code, noted.split(': ')[1]]).toEqual([2, 'program.does-not-fit']);
    expect(readdirSync(folder)).toEqual([]);
  });
});
