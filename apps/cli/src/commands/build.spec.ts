import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readElf } from '#libs/firmware/elf';
import { smallModelFile } from '#test/support/small-model';
import { fleetlearn, KWS_DIGITS, refusedWith, type Said } from '../testing/fleetlearn';

interface Report {
  readonly sramBytes: number;
  readonly plannedPeakBytes: number;
  readonly run: boolean;
  readonly trains: boolean;
  readonly scheme?: { readonly name: string };
  readonly fit: { readonly ramBytes: number };
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

describe('build', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const buildOf = (model: string, board: string, words: readonly string[]): Promise<Said> =>
    fleetlearn('build', model, '--board', board, '--out', join(folder, 'out'), ...words);
  const build = (board: string, ...words: readonly string[]): Promise<Said> =>
    buildOf(KWS_DIGITS, board, words);

  function reportOf({ code, out, noted }: Said): Report {
    expect([code, noted]).toEqual([0, '']);
    return JSON.parse(out) as Report;
  }
  const report = async (board: string, ...words: readonly string[]): Promise<Report> =>
    reportOf(await build(board, '--json', ...words));

  /** A model that is planned in no time. */
  function smallModel(): string {
    const path = join(folder, 'small.tflite');
    writeFileSync(path, smallModelFile());
    return path;
  }

  it('writes programs, parameters, the generated C and a certificate of what fits where', async () => {
    const words = ['--sram', '64KB', '--json'];
    const { plannedPeakBytes, sramBytes, fit, trains, files } = reportOf(
      await buildOf(smallModel(), 'virtual-m4', words),
    );
    const names = readdirSync(join(folder, 'out')).sort();
    expect(names).toEqual([...files.map(({ name }) => name), 'report.json'].sort());
    expect(names).toEqual(
      expect.arrayContaining([
        'certificate.json',
        'certificate.txt',
        'model.c',
        'model_config.h',
        'parameters.bin',
        'plan.txt',
        'program.elf',
        'program.wasm',
      ]),
    );
    expect(readElf(readFileSync(join(folder, 'out', 'program.elf'))).ok).toBe(true);
    expect(trains).toBe(true);
    expect(plannedPeakBytes).toBeLessThanOrEqual(sramBytes);
    expect(fit.ramBytes).toBeLessThanOrEqual(plannedPeakBytes);
  }, 120_000);

  it('links inference for a board that nothing here runs, and says that it was not run', async () => {
    const { trains, run } = await report('stm32f746g-disco', '--train', 'none');
    expect([trains, run]).toEqual([false, false]);
    expect((await build('stm32f746g-disco', '--train', 'none')).out).toContain('not run on this board');
  }, 120_000);

  it('trains a scheme that plan printed', async () => {
    const model = smallModel();
    const { out } = await fleetlearn('plan', model, '--board', 'mps2-an386', '--sram', '48KB', '--json');
    const path = join(folder, 'scheme.json');
    writeFileSync(path, out);
    const planned = JSON.parse(out) as { scheme: { name: string } };
    const built = reportOf(await buildOf(model, 'mps2-an386', ['--train', path, '--json']));
    expect(built.scheme?.name).toBe(planned.scheme.name);
  }, 120_000);

  it('makes a C library', async () => {
    const { files } = await report('nrf52840-dk', '--train', 'none', '--format', 'c-library');
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['CMakeLists.txt', 'README.md']));
    for (const { name } of files) expect(existsSync(join(folder, 'out', name))).toBe(true);
  }, 120_000);

  it('makes a C library that reads its input row by row, in the least memory or within a budget', async () => {
    const library = ['--train', 'none', '--format', 'c-library'];
    const whole = await report('nrf52840-dk', ...library);
    const rows = await report('nrf52840-dk', ...library, '--optimize', 'ram', '--input-rows');
    expect(rows.plannedPeakBytes).toBeLessThan(whole.plannedPeakBytes);
    expect(readFileSync(join(folder, 'out', 'src', 'kws_digits.h'), 'utf8')).toContain('kws_digits_rows');
    const within = await report('nrf52840-dk', ...library, '--sram', '14KB');
    expect(within.plannedPeakBytes).toBeLessThan(whole.plannedPeakBytes);
  }, 120_000);

  it.each([
    ['rows of an input that training reads again', ['--input-rows'], 'build.no-rows', /--train none/],
    ['too little SRAM to train', ['--sram', '16KB'], 'program.does-not-fit', /, \d+ more; /],
    [
      'too little SRAM to run',
      ['--sram', '8KB', '--train', 'none'],
      'build.does-not-fit',
      /bytes too small.*help/,
    ],
    ['too little flash', ['--flash', '20KB', '--train', 'none'], 'build.does-not-fit', /flash budget of \d+/],
    ['a scheme that is no file', ['--train', 'largest'], 'file.unreadable', /largest/],
    ['a scheme that is no JSON', ['--train', KWS_DIGITS], 'scheme.not-json', /no JSON/],
    ['a format that is none', ['--format', 'hex'], 'usage', /image or c-library/],
  ])(
    'refuses %s and writes nothing',
    async (_, words, errorCode, hint) => {
      const said = await build('mps2-an386', ...words);
      expect(refusedWith(said)).toBe(errorCode);
      expect(said.noted).toMatch(hint);
      expect(readdirSync(folder)).toEqual([]);
    },
    120_000,
  );

  it('refuses a scheme that is too large, and names the other way', async () => {
    const path = join(folder, 'scheme.json');
    const weightLayers = Array.from({ length: 18 }, (_, layer) => ({ layer, ratio: 1 }));
    writeFileSync(path, JSON.stringify({ name: 'all', biasLayers: 18, weightLayers }));
    const said = await build('mps2-an386', '--train', path);
    expect(refusedWith(said)).toBe('program.does-not-fit');
    expect(said.noted).toContain('--train auto');
  });

  it('refuses to train on a board without drivers', async () => {
    expect(refusedWith(await buildOf(smallModel(), 'stm32f746g-disco', []))).toBe('board.no-drivers');
  });

  it('refuses a folder that cannot be made', async () => {
    const out = ['--out', '/proc/fleetlearn'];
    const said = await fleetlearn('build', KWS_DIGITS, '--board', 'mps2-an386', '--train', 'none', ...out);
    expect(refusedWith(said)).toBe('file.unwritable');
  }, 120_000);
});
