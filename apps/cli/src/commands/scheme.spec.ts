import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { arenaBytesOf, inferenceGraph, planStep } from '#libs/firmware/program';
import { parseScheme, schemeAccounting } from '#libs/model/scheme';
import { smallModelFile } from '#test/support/small-model';
import { learnableRows } from '#test/support/training-rows';
import { fleetlearn, refusedWith } from '../testing/fleetlearn';

jest.setTimeout(240_000);

const ROWS = 40;
const INPUT_BYTES = 96;
const CLASSES = 3;

interface Final {
  readonly scheme: object;
  readonly ahead: { readonly mean: number };
}

interface Report {
  readonly scheme: { readonly biasLayers: number; readonly weightLayers: readonly object[] };
  readonly flashBytes: number;
  readonly finals: readonly Final[];
  readonly accounting: object;
  readonly plannedPeakBytes: number;
  readonly arenaBudgetBytes: number;
  readonly expectedGain: number;
  readonly contributions: { readonly source: string };
  readonly why: readonly { readonly part: string; readonly gain: number; readonly text: string }[];
  readonly alternatives: readonly {
    readonly sramBytes: number;
    readonly expectedGain: number | null;
    readonly flashBytes?: number;
  }[];
}

let folder: string;
const path = (name: string): string => join(folder, name);
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');
const scheme = (...words: readonly string[]) => fleetlearn('scheme', path('small.tflite'), ...words);
const labelled = () => [
  '--data',
  path('rows.i8'),
  '--labels',
  path('labels.u8'),
  '--adapt',
  path('adapt.txt'),
  '--test',
  path('test.txt'),
];
const SRAM = ['--sram', '5KB'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-scheme-'));
  const rows = learnableRows(ROWS, INPUT_BYTES, CLASSES, 7);
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'small.tflite': smallModelFile(),
    'rows.i8': new Uint8Array(rows.elements.buffer),
    'short.i8': new Uint8Array(INPUT_BYTES + 1),
    'labels.u8': rows.labels,
    'adapt.txt': lines(0, 24),
    'test.txt': lines(24, ROWS),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reportOf(...words: readonly string[]): Promise<Report> {
  const said = await scheme(...words, '--json');
  expect([said.code, said.noted.includes('error')]).toEqual([0, false]);
  return JSON.parse(said.out) as Report;
}

describe('scheme', () => {
  it.each([
    ['without data', () => [], 'gradients'],
    ['of rows without labels', () => ['--data', path('rows.i8')], 'gradients'],
    ['by structure', () => ['--by', 'structure'], 'structure'],
    ['of labelled rows, by their gradients', () => [...labelled(), '--by', 'gradients'], 'gradients'],
  ])('%s finds what fits, and explains it', async (_, words, source) => {
    const report = await reportOf(...SRAM, ...words());
    const inference = unwrap(inferenceGraph(smallModelFile(), 'small'));
    const found = unwrap(parseScheme(report.scheme));
    expect(report.contributions.source).toBe(source);
    expect(report.accounting).toEqual(schemeAccounting(inference, found));
    expect(report.plannedPeakBytes).toBeLessThanOrEqual(report.arenaBudgetBytes);
    const budgetBytes = report.arenaBudgetBytes;
    // As `train` plans it: what is frozen may run once a row.
    const cache = { featureBytes: Infinity };
    const step = unwrap(planStep(inference, found, { optimize: 'speed', budgetBytes, cache }));
    expect(arenaBytesOf(step)).toBe(report.plannedPeakBytes);
    expect(report.why.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(report.expectedGain, 9);
    expect(report.alternatives.map(({ sramBytes }) => sramBytes / 1024)).toEqual([21]);
    expect(report.alternatives.at(-1)!.expectedGain).toBeGreaterThanOrEqual(report.expectedGain);
  });

  it('measures with labelled rows, keeps the scores, and gives the same answer from them', async () => {
    // Rows of their own: no earlier call can have measured them.
    const fresh = learnableRows(ROWS, INPUT_BYTES, CLASSES, Date.now() % 1_000_000);
    writeFileSync(path('rows.i8'), new Uint8Array(fresh.elements.buffer));
    writeFileSync(path('labels.u8'), fresh.labels);
    const words = [...SRAM, ...labelled(), '--epochs', '2', '--json'];
    const first = await scheme(...words);
    expect(first.noted).toMatch(/^run 1\/\d+: /m);
    const again = await scheme(...words);
    expect(again.noted).toMatch(/^\d+ runs of an earlier call/);
    expect(again.out).toBe(first.out);
    const { contributions, finals, scheme: chosen } = JSON.parse(first.out) as Report;
    expect(contributions.source).toBe('measured');
    expect(finals[0]?.scheme).toEqual(chosen);
    expect(finals.filter(({ ahead }) => ahead.mean === 0).length).toBeGreaterThanOrEqual(1);
  });

  it('takes the best whose session fits the flash', async () => {
    const words = ['--sram', '16KB', '--by', 'structure'];
    const free = await reportOf(...words, '--flash', '1024KB');
    const held = await reportOf(...words, '--flash', String(free.flashBytes - 1));
    const size = ({ scheme: { biasLayers, weightLayers } }: Report): number =>
      biasLayers + weightLayers.length;
    expect(size(held)).toBeLessThan(size(free));
    expect(held.flashBytes).toBeLessThan(free.flashBytes);
    for (const { flashBytes } of held.alternatives) expect(flashBytes).toBeLessThan(free.flashBytes);
    expect(refusedWith(await scheme(...words, '--flash', '1KB'))).toBe('scheme.flash-too-small');
  });

  it('writes a scheme that `train` takes at the same budget', async () => {
    const out = path('found.json');
    const { code, out: said } = await scheme(...SRAM, ...labelled(), '--by', 'gradients', '--out', out);
    expect([code, said.includes('Why:'), said.includes('With other SRAM:')]).toEqual([0, true, true]);
    expect(said).toMatch(/^small in .*\n\nbytes\n-+  -+\narena, planned /);
    expect(said).not.toMatch(/\n\n\n|\b1 (channels|layers)\b/);
    expect(parseScheme(JSON.parse(readFileSync(out, 'utf8')))).toMatchObject({ ok: true });
    const session = ['--engine', 'reference', '--epochs', '1', '--seed', '1', '--delta', path('out.delta')];
    const trained = await fleetlearn(
      'train',
      path('small.tflite'),
      ...labelled(),
      ...SRAM,
      '--scheme',
      out,
      ...session,
    );
    expect([trained.noted.includes('error'), trained.code]).toEqual([false, 0]);
  });

  it('says of a device that is too small what `train` says of it', async () => {
    const words = [...labelled(), '--sram', '1', '--epochs', '2'];
    const searched = await scheme(...words, '--by', 'structure');
    const session = [
      '--engine',
      'reference',
      '--scheme',
      'last',
      '--seed',
      '1',
      '--delta',
      path('none.delta'),
    ];
    const trained = await fleetlearn('train', path('small.tflite'), ...words, ...session);
    expect([refusedWith(searched), refusedWith(trained)]).toEqual([
      'program.does-not-fit',
      'train.does-not-fit',
    ]);
    const needed = ({ noted }: { readonly noted: string }): string | undefined =>
      /needs (\d+) /.exec(noted)?.[1];
    expect(needed(searched)).toBeDefined();
    expect(needed(searched)).toBe(needed(trained));
    expect(searched.noted).toContain('no budget of a device of this size would do');
  });

  it.each([
    ['no budget', () => [], 'usage'],
    ['a budget that nothing fits', () => ['--sram', '2700'], 'program.does-not-fit'],
    ['an upload that nothing fits', () => [...SRAM, '--upload', '1'], 'scheme.upload-too-small'],
    ['an unknown board', () => ['--board', 'toaster'], 'board.unknown'],
    ['labels without rows', () => [...SRAM, '--labels', path('labels.u8')], 'scheme.incomplete-data'],
    [
      'labels without rows to test on',
      () => [...SRAM, '--data', path('rows.i8'), '--labels', path('labels.u8'), '--adapt', path('adapt.txt')],
      'scheme.incomplete-data',
    ],
    ['measuring without labels', () => [...SRAM, '--by', 'measured'], 'scheme.no-labels'],
    ['data of another length', () => [...SRAM, '--data', path('short.i8')], 'train.wrong-length'],
    [
      'a folder that is not there',
      () => [...SRAM, '--by', 'structure', '--out', path('no/such.json')],
      'file.unwritable',
    ],
  ])('refuses %s', async (_, words, code) => {
    expect(refusedWith(await scheme(...words()))).toBe(code);
  });
});
