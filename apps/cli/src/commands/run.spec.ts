import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeWithShared, SHARED, sharedBytes, sharedText } from '#test/support/shared-files';
import { fleetlearn, KWS_DIGITS, refusedWith, type Said } from '../testing/fleetlearn';

interface Figures {
  readonly arenaBytes: number;
  readonly staticRamBytes: number;
  readonly lowerBoundBytes: number;
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

/** Runs the demo's model on a ramp. */
function runDemo(engine: string, ...words: readonly string[]): Promise<Said> {
  const input = at('input.bin');
  if (!existsSync(input))
    writeFileSync(
      input,
      Int8Array.from({ length: 1960 }, (_, i) => i),
    );
  return fleetlearn(
    'run',
    KWS_DIGITS,
    '--engine',
    engine,
    '--input',
    input,
    '--output',
    at(`${engine}.out`),
    ...words,
  );
}

describe('run', () => {
  it('gives the same bytes on every engine, and every layer of them', async () => {
    for (const engine of ['reference', 'wasm', 'native', 'arm:mps2-an386']) {
      const { code, out } = await runDemo(engine, '--layers', at(`layers ${engine}`), '--json');
      expect([engine, code]).toEqual([engine, 0]);
      const figures = JSON.parse(out) as Figures;
      expect(figures).toMatchObject({
        engine,
        model: 'kws-digits',
        stackBytes: expect.any(Number) as unknown,
        scratchBytes: expect.any(Number) as unknown,
        flashBytes: expect.any(Number) as unknown,
        macs: expect.any(Number) as unknown,
        ratio: figures.arenaBytes / figures.lowerBoundBytes,
      });
      expect(figures.staticRamBytes).toBeGreaterThanOrEqual(figures.arenaBytes);
      expect('instructions' in figures).toBe(engine.startsWith('arm'));
      expect(readFileSync(at(`${engine}.out`))).toEqual(readFileSync(at('reference.out')));
      expectSubset(at(`layers ${engine}`), at('layers reference'));
    }
  }, 180_000);

  it('gives the same bytes row by row, in less memory, and every layer', async () => {
    await runDemo('reference', '--layers', at('layers reference'));
    const sizes: number[] = [];
    for (const words of [
      [],
      ['--optimize', 'ram'],
      ['--optimize', 'ram', '--input-rows'],
      ['--sram', '16KB'],
    ]) {
      const { code, out } = await runDemo('arm:mps2-an386', ...words, '--layers', at('layers'), '--json');
      expect([words, code]).toEqual([words, 0]);
      expect(readFileSync(at('arm:mps2-an386.out'))).toEqual(readFileSync(at('reference.out')));
      expectSubset(at('layers'), at('layers reference'));
      const { staticRamBytes } = JSON.parse(out) as Figures;
      sizes.push(staticRamBytes);
    }
    const [whole = 0, least = 0, rows = 0, within = 0] = sizes;
    expect(least).toBeLessThan(whole);
    expect(rows).toBeLessThanOrEqual(least);
    expect(within).toBeLessThanOrEqual(16_384);
    expect(within).toBeGreaterThan(least);
  }, 180_000);

  it('takes rows of input on every engine', async () => {
    for (const engine of ['reference', 'wasm', 'native']) {
      expect((await runDemo(engine, '--input-rows', '--json')).code).toBe(0);
      expect(readFileSync(at(`${engine}.out`))).toEqual(readFileSync(at('reference.out')));
    }
  }, 180_000);

  it('tells the figures as a table', async () => {
    const { code, out } = await runDemo('reference');
    expect(code).toBe(0);
    expect(out).toMatch(/^kws-digits on reference$/m);
    expect(out).toMatch(/^multiply-accumulates +2,5/m);
    expect(out).not.toMatch(/^stack/m);
    expect((await runDemo('arm:mps2-an386')).out).toMatch(/^stack, worst case +[1-9]\d+$/m);
  });

  it.each([
    ['too few inputs', ['--output', 'o'], 'usage'],
    ['too many inputs', ['--input', KWS_DIGITS, '--output', 'o'], 'run.wrong-inputs'],
    ['an unknown engine', ['--engine', 'gpu'], 'usage'],
    ['a way of optimising that is none', ['--optimize', 'looks'], 'usage'],
    ['a size that is none', ['--sram', 'much'], 'usage'],
    ['a budget that is too small', ['--sram', '1KB'], 'run.does-not-fit'],
    ['more outputs than there are', ['--output', 'second'], 'run.wrong-outputs'],
    ['a folder for layers that cannot be', ['--layers', '/proc/layers'], 'file.unwritable'],
  ])('refuses %s and writes nothing', async (_, words, errorCode) => {
    const said =
      words[0] === '--output' && words[1] === 'o'
        ? await fleetlearn('run', KWS_DIGITS, '--engine', 'reference', ...words)
        : await runDemo('reference', ...words);
    expect(refusedWith(said)).toBe(errorCode);
    expect(readdirSync(folder).filter((name) => name !== 'input.bin')).toEqual([]);
  });

  it.each([
    ['gpu', 'run.unknown-engine', 'arm:mps2-an386'],
    ['arm:toaster', 'run.unknown-engine', 'arm:mps2-an386'],
    ['arm:stm32f746g-disco', 'run.board-not-run', 'fleetlearn build'],
  ])('refuses the engine %s and says what there is', async (engine, errorCode, hint) => {
    const said = await runDemo(engine);
    expect(refusedWith(said)).toBe(errorCode);
    expect(said.noted).toContain(hint);
  });

  it('says of an input of a wrong size what is wanted', async () => {
    writeFileSync(at('input.bin'), new Uint8Array(12));
    const said = await runDemo('reference');
    expect(refusedWith(said)).toBe('run.wrong-inputs');
    expect(said.noted).toMatch(/has 12 bytes.*int8\[1,49,40,1\], 1960 bytes/);
  });

  it('says by how much a budget on a board is missed', async () => {
    const said = await runDemo('arm:mps2-an386', '--sram', '4KB');
    expect(refusedWith(said)).toBe('run.does-not-fit');
    const [, needed, missing] = /needs (\d+) bytes.*, (\d+) more than/.exec(said.noted) ?? [];
    expect(Number(needed) - Number(missing)).toBe(4096);
    expect(said.noted).toContain(`--sram ${needed} would do`);
  });

  it('leaves an output as it was where another cannot be written', async () => {
    writeFileSync(at('reference.out'), 'before');
    expect(refusedWith(await runDemo('reference', '--layers', at('input.bin')))).toBe('file.unwritable');
    expect(readFileSync(at('reference.out'), 'utf8')).toBe('before');
  });
});

/** Every tensor file of one folder is in the other, with the same bytes. */
function expectSubset(some: string, all: string): void {
  const names = readdirSync(some).filter((name) => /^\d+\.bin$/.test(name));
  expect(names.length).toBeGreaterThan(10);
  for (const name of names)
    expect([name, readFileSync(join(some, name))]).toEqual([name, readFileSync(join(all, name))]);
}

/** Runs a shared model's case 0; answers its output and TensorFlow Lite Micro's. */
async function runGolden(
  model: string,
  engine: string,
  words: readonly string[],
  ending = 'bin',
): Promise<readonly [Buffer, Buffer]> {
  const path = (name: string): string => resolve(SHARED, 'models', model, name);
  const ports = ['--input', path(`input_00.${ending}`), '--output', at('golden.out')];
  const said = await fleetlearn('run', path('model.tflite'), '--engine', engine, ...ports, ...words);
  expect([said.code, said.noted]).toEqual([0, '']);
  return [readFileSync(at('golden.out')), readFileSync(path(`output_00.${ending}`))];
}

/** The layers that were written, and those of TensorFlow Lite Micro. */
const layersOf = (model: string) => [
  [readFileSync(at('layers/layers.bin')), readFileSync(at('layers/layers.jsonl'), 'utf8')],
  [Buffer.from(sharedBytes(`models/${model}/layers_00.bin`)), sharedText(`models/${model}/layers_00.jsonl`)],
];

describeWithShared(
  ['mlperf_kws', 'person_detect', 'mcunet_vww', 'mcunet_vww_int8io'].map(
    (model) => `models/${model}/model.tflite`,
  ),
  'run of a published model gives the bytes of TensorFlow Lite Micro:',
  () => {
    test.each([
      ['mlperf_kws', 'reference'],
      ['mcunet_vww', 'reference'],
      ['mlperf_kws', 'native'],
      ['mlperf_kws', 'arm:mps2-an386'],
    ])('every layer of %s on %s', async (model, engine) => {
      const [output, golden] = await runGolden(model, engine, ['--layers', at('layers')]);
      expect(output).toEqual(golden);
      const [layers, goldenLayers] = layersOf(model);
      expect(layers).toEqual(goldenLayers);
    });

    test.each([
      ['person_detect', [], 'bin'],
      ['mcunet_vww', [], 'bin'],
      ['mcunet_vww', ['--int8'], 'i8.bin'],
      ['mcunet_vww_int8io', ['--int8'], 'bin'],
    ])('%s on wasm %j', async (model, words, ending) => {
      const [output, golden] = await runGolden(model, 'wasm', words, ending);
      expect(output).toEqual(golden);
    });
  },
);
