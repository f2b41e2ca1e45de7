import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { decodeDelta } from '#libs/fleet/delta';
import { deltaLayoutOf } from '#libs/fleet/aggregate';
import { inferenceGraph } from '#libs/firmware/program';
import { trainingGraph } from '#libs/model/passes';
import { createSession } from '#libs/model/reference';
import { namedScheme, schemeId } from '#libs/model/scheme';
import { writeTflite } from '#libs/model/tflite';
import { describeEmulated } from '#test/firmware/boards/on-boards';
import { GraphBuilder } from '#test/support/graph-builder';
import { smallModelFile } from '#test/support/small-model';
import { learnableRows, type LabelledRows } from '#test/support/training-rows';
import { fleetlearn, refusedWith, type Said } from '../testing/fleetlearn';

jest.setTimeout(180_000);

const ROWS = 40;
const ADAPT = 24;
const INPUT_BYTES = 96;
const CLASSES = 3;
const STRIDE = 2;

interface Score {
  readonly accuracy: number | null;
  readonly loss: number;
}

interface Report {
  readonly scheme: { readonly name: string; readonly accounting: object; readonly trained: object };
  readonly before: Score;
  readonly epochs: readonly Score[];
  readonly after: Score;
  readonly kept: boolean;
  readonly peakRamBytes: { readonly planned: number; readonly measured: number | null };
  readonly steps: number;
  readonly macsPerStep: number;
  readonly prefix: { readonly layers: number; readonly featureBytes: number; readonly macs: number } | null;
  readonly deltaBytes: { readonly raw: number; readonly encoded: number };
  readonly rates: object;
  readonly end: string;
  readonly telemetry: object;
  readonly gradients: string;
  readonly gradientBits: number;
  readonly instructionsPerStep?: number;
  readonly flashBytes?: number;
  readonly seconds?: number;
}

let folder: string;
let rows: LabelledRows;
const path = (name: string): string => join(folder, name);
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-train-'));
  rows = learnableRows(ROWS, INPUT_BYTES, CLASSES, 7);
  const labels = Uint8Array.from({ length: STRIDE * ROWS }, (_, i) =>
    i % STRIDE === 0 ? (rows.labels[i / STRIDE] ?? 0) : 200,
  );
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'small.tflite': smallModelFile(),
    'rows.i8': new Uint8Array(rows.elements.buffer),
    'labels.u8': rows.labels,
    'wide.u8': labels,
    'wrong.u8': rows.labels.map((label, row) => (row === 30 ? CLASSES : label)),
    'adapt.txt': lines(0, ADAPT),
    'test.txt': lines(ADAPT, ROWS),
    'beyond.txt': `0\n${ROWS}\n`,
    'words.txt': '0\nfirst\n',
    'empty.txt': '\n\n',
    'scheme.json': '{"name":"mine","biasLayers":2,"weightLayers":[{"layer":3,"ratio":1}]}',
    'part.json': '{"name":"part","biasLayers":3,"weightLayers":[{"layer":1,"ratio":0.5}]}',
    'other.json': '{"name":"mine","biasLayers":99,"weightLayers":[]}',
    'bad.json': '{"name":',
    'headless.tflite': headless(),
    'regressor.tflite': regressor(),
    'numbers.u8': rows.labels.map((label) => 40 + 20 * label),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One number out, no classes. */
function regressor(): Uint8Array {
  const builder = new GraphBuilder('regressor');
  const input = builder.input([1, 8, 6, 2]);
  const stem = builder.conv('stem', input, { channels: 6, kernel: 3, padding: 1, activation: 'relu6' });
  const features = builder.reshape('features', builder.averagePool('pool', stem), [1, 6]);
  return unwrap(writeTflite(builder.build(builder.fullyConnected('fc', features, { channels: 1 }))));
}

/** Nothing here tells classes apart. */
function headless(): Uint8Array {
  const builder = new GraphBuilder('headless');
  return unwrap(
    writeTflite(builder.build(builder.conv('only', builder.input([1, 8, 6, 2]), { channels: 3 }))),
  );
}

const WORDS: Readonly<Record<string, string>> = {
  engine: 'wasm',
  data: 'rows.i8',
  labels: 'labels.u8',
  adapt: 'adapt.txt',
  test: 'test.txt',
  scheme: 'full',
  epochs: '3',
  seed: '5',
  delta: 'out.delta',
};
/** A model without classes. */
const NUMBERS = { model: 'regressor.tflite', labels: 'numbers.u8' };
const FILES = new Set(['data', 'labels', 'adapt', 'test', 'delta', 'export']);

function trained(changes: Readonly<Record<string, string>> = {}, ...flags: readonly string[]): Promise<Said> {
  const { model = 'small.tflite', ...options } = { ...WORDS, ...changes };
  const words = Object.entries(options).flatMap(([key, value]) => [
    `--${key}`,
    FILES.has(key) || value.endsWith('.json') ? path(value) : value,
  ]);
  return fleetlearn('train', path(model), ...words, ...flags);
}

async function report(changes: Readonly<Record<string, string>> = {}): Promise<Report> {
  const { code, out, noted } = await trained(changes, '--json');
  expect([code, noted]).toEqual([0, '']);
  return JSON.parse(out) as Report;
}

describe('train', () => {
  it('says in one JSON object what was learnt and what it took', async () => {
    const one = await report({ lr: '0.2' });
    expect(one.epochs).toHaveLength(3);
    expect(one.after).toEqual(one.epochs.at(-1));
    expect(one.after.loss).toBeLessThan(one.before.loss);
    expect(one).toMatchObject({ kept: true, steps: 3 * ADAPT, scheme: { name: 'full' } });
    expect(one.rates).toEqual({ weights: 0.2, bias: 0.2, head: 0.2 });
    expect(one.macsPerStep).toBeGreaterThan(10_000);
    expect(one.peakRamBytes.measured).toBeLessThanOrEqual(one.peakRamBytes.planned);
    expect(one.peakRamBytes.measured).toBeGreaterThan(one.peakRamBytes.planned / 2);
    expect(one.deltaBytes.encoded).toBe(readFileSync(path('out.delta')).length);
    expect(Object.keys(one.scheme.accounting)).toContain('totalBytes');
  });

  it('computes once a row what stands before the first trained layer, unless told not to: it learns the same', async () => {
    const [cached, whole] = await Promise.all(
      ['auto', 'off'].map(async (cache) => ({
        ...(await report({ scheme: 'last', cache, delta: `${cache}.delta` })),
        delta: [...readFileSync(path(`${cache}.delta`))],
      })),
    );
    expect(cached?.prefix).toMatchObject({ layers: 4, featureBytes: 4 });
    expect(whole?.prefix).toBeNull();
    expect((cached?.macsPerStep ?? 0) + (cached?.prefix?.macs ?? 0)).toBe(whole?.macsPerStep);
    const { delta, before, epochs, after } = whole ?? {};
    expect(cached).toMatchObject({ delta, before, epochs, after });
    expect((await report()).prefix).toBeNull();
  });

  it('gives the same answers and the same delta on the reference, natively and as WebAssembly', async () => {
    const [reference, native, wasm] = await Promise.all(
      ['reference', 'native', 'wasm'].map(async (engine) => {
        const { seconds: _, peakRamBytes, ...same } = await report({ engine, delta: `${engine}.delta` });
        expect(peakRamBytes.measured === null).toBe(engine === 'reference');
        return { ...same, engine: '', delta: [...readFileSync(path(`${engine}.delta`))] };
      }),
    );
    expect(native).toEqual(reference);
    expect(wasm).toEqual(reference);
  });

  it('stores gradients as int8 where that is asked for, or where only that fits', async () => {
    const gradients = 'int8';
    const [wide, narrow, reference] = await Promise.all([
      report({ delta: 'wide.delta' }),
      report({ gradients, delta: 'narrow.delta' }),
      report({ gradients, engine: 'reference', delta: 'narrow-reference.delta' }),
    ]);
    expect(wide).toMatchObject({ gradients: 'int16', gradientBits: 14 });
    expect(narrow).toMatchObject({ gradients, gradientBits: 6, epochs: reference.epochs });
    expect(narrow.peakRamBytes.planned).toBeLessThan(wide.peakRamBytes.planned);
    const learnt = readFileSync(path('narrow.delta'));
    expect(learnt).toEqual(readFileSync(path('narrow-reference.delta')));
    expect(learnt).not.toEqual(readFileSync(path('wide.delta')));
    const storageAt = async (sram: string) => (await report({ gradients: 'auto', sram })).gradients;
    expect(await storageAt('100KB')).toBe('int16');
  });

  it('writes a delta whose length is its raw bytes, decoded', async () => {
    const one = await report();
    const inference = unwrap(inferenceGraph(smallModelFile(), 'small'));
    const scheme = namedScheme(inference, 'full');
    const layout = deltaLayoutOf(schemeId(scheme), unwrap(trainingGraph(inference, scheme)));
    const raw = unwrap(decodeDelta(layout, new Uint8Array(readFileSync(path('out.delta')))));
    expect(raw.length).toBe(one.deltaBytes.raw);
    expect(raw.some((byte) => byte !== 0)).toBe(true);
  });

  it('exports a model that imports again and answers as the trained one did', async () => {
    const one = await report({ export: 'trained.tflite', lr: '0.3', epochs: '6' });
    const file = new Uint8Array(readFileSync(path('trained.tflite')));
    const inference = unwrap(inferenceGraph(file, 'trained'));
    const session = createSession(unwrap(trainingGraph(inference, namedScheme(inference, 'last'))));
    let right = 0;
    for (let row = ADAPT; row < ROWS; row++) {
      session.forward(rows.elements.subarray(row * INPUT_BYTES, (row + 1) * INPUT_BYTES));
      if (session.predict() === rows.labels[row]) right += 1;
    }
    const after = one.after.accuracy ?? 0;
    expect(after).toBeGreaterThan(one.before.accuracy ?? 1);
    expect(Math.abs(right / (ROWS - ADAPT) - after)).toBeLessThanOrEqual(1 / (ROWS - ADAPT));
  });

  it('keeps the old values, and the file, where training did not help', async () => {
    const one = await report({ scheme: 'last', lr: '20', export: 'same.tflite' });
    expect(one.kept).toBe(false);
    expect(one.after).toEqual(one.before);
    expect(readFileSync(path('same.tflite'))).toEqual(Buffer.from(smallModelFile()));
  });

  it('trains a network without classes by its squared error, the same on every engine', async () => {
    const words = {
      model: 'regressor.tflite',
      labels: 'numbers.u8',
      scheme: 'full',
      export: 'number.tflite',
    };
    const reports = await Promise.all(
      ['reference', 'native', 'wasm'].map((engine) =>
        report({ ...words, engine, delta: `${engine}-r.delta`, export: `${engine}-r.tflite` }),
      ),
    );
    const [reference, ...others] = reports.map(({ before, epochs, after }) => ({ before, epochs, after }));
    for (const other of others) expect(other).toEqual(reference);
    expect(reference?.before.accuracy).toBeNull();
    expect(reference?.after.loss).toBeLessThan(reference?.before.loss ?? 0);
    expect(readFileSync(path('wasm-r.delta'))).toEqual(readFileSync(path('reference-r.delta')));
    expect(readFileSync(path('wasm-r.tflite'))).not.toEqual(readFileSync(path('regressor.tflite')));
  });

  it('exports what a scheme of a part of the channels learnt', async () => {
    const one = await report({ scheme: 'part.json', export: 'part.tflite' });
    expect(one.kept).toBe(true);
    expect(readFileSync(path('part.tflite'))).not.toEqual(readFileSync(path('small.tflite')));
  });

  it('takes a stride of labels and another quantisation of the data', async () => {
    const plain = await report();
    const { seconds: _a, ...wide } = await report({ labels: 'wide.u8', 'label-stride': '2' });
    expect({ ...wide, seconds: 0 }).toEqual({ ...plain, seconds: 0 });
    const other = await report({ 'data-scale': '0.01', 'data-zero': '-46' });
    expect(other.before).not.toEqual(plain.before);
  });

  it('takes a scheme of a file, and the largest that fits', async () => {
    expect((await report({ scheme: 'scheme.json', epochs: '1' })).scheme.name).toBe('mine');
    const [large, small] = [
      await report({ scheme: 'auto', epochs: '1' }),
      await report({ scheme: 'auto', epochs: '1', sram: '4000' }),
    ];
    expect(large.scheme.name).toBe('full');
    expect(small.scheme.name).not.toBe('full');
    expect(small.peakRamBytes.planned).toBeLessThan(4000);
  });

  it('has rates for each scheme, and takes others', async () => {
    const ratesOf = async (changes: Readonly<Record<string, string>>) =>
      (await report({ epochs: '1', ...changes })).rates;
    expect(await ratesOf({ scheme: 'last' })).toEqual({ weights: 0.15, bias: 0.15, head: 0.15 });
    expect(await ratesOf({ scheme: 'bias' })).toEqual({ weights: 0.05, bias: 0.05, head: 0.05 });
    expect(await ratesOf({ 'head-lr': '0.1' })).toEqual({ weights: 0.01, bias: 0.01, head: 0.1 });
  });

  it('lets rates fall, balances classes and ends early where it is told to, the same on every engine', async () => {
    const rules = { schedule: 'cosine', order: 'balanced', 'stop-below': '1.05', epochs: '30', lr: '0.2' };
    const [wasm, reference] = [await report(rules), await report({ ...rules, engine: 'reference' })];
    expect(wasm).toMatchObject({
      schedule: 'cosine',
      order: 'balanced',
      stop: { belowLoss: 1.05, patience: 0, leastFall: 0 },
      end: 'lowLoss',
      kept: true,
      telemetry: { saturated: { headWeights: 0, biases: 0 } },
    });
    expect(wasm.steps).toBe(ADAPT * wasm.epochs.length);
    expect(wasm.epochs.length).toBeLessThan(30);
    for (const same of ['epochs', 'after', 'end', 'telemetry', 'steps'] as const)
      expect(wasm[same]).toEqual(reference[same]);
    const impatient = await report({ patience: '1', 'least-fall': '10', epochs: '9' });
    expect(impatient).toMatchObject({ end: 'noProgress', steps: ADAPT });
  });

  it('prints a table, and progress beside it', async () => {
    const { code, out, noted } = await trained({ epochs: '2' });
    expect(code).toBe(0);
    expect(out).toContain('epoch 2');
    expect(out).toMatch(/^after +\d\.\d{4} +\d\.\d{4}$/m);
    expect(noted.split('\n')).toHaveLength(2);
  });
});

describe('train refuses', () => {
  it.each([
    ['a missing model', { model: 'none.tflite' }, 'file.unreadable'],
    ['what is no model', { model: 'rows.i8' }, 'tflite.'],
    ['a model that can not be trained', { model: 'headless.tflite' }, 'scheme.not-trainable'],
    ['missing data', { data: 'none.i8' }, 'file.unreadable'],
    ['data of another length', { data: 'adapt.txt' }, 'train.wrong-length'],
    ['no data', { data: 'empty.i8' }, 'train.wrong-length'],
    ['missing labels', { labels: 'none.u8' }, 'file.unreadable'],
    ['labels of another stride', { labels: 'wide.u8' }, 'train.wrong-length'],
    ['a label of no class', { labels: 'wrong.u8' }, 'train.bad-label'],
    ['a missing index', { adapt: 'none.txt' }, 'file.unreadable'],
    ['an empty index', { adapt: 'empty.txt' }, 'train.empty-index'],
    ['a row out of range', { test: 'beyond.txt' }, 'train.row-out-of-range'],
    ['an index of words', { test: 'words.txt' }, 'train.bad-index'],
    ['an unknown scheme', { scheme: 'most' }, 'train.unknown-scheme'],
    ['a missing scheme', { scheme: 'none.json' }, 'file.unreadable'],
    ['a scheme that is no JSON', { scheme: 'bad.json' }, 'scheme.not-json'],
    ['a scheme of another model', { scheme: 'other.json' }, 'scheme.'],
    ['a scheme that does not fit', { sram: '3000' }, 'train.does-not-fit'],
    ['a device that nothing fits', { sram: '1000', scheme: 'auto' }, 'train.does-not-fit'],
    ['no size', { sram: 'much' }, 'usage'],
    ['a rate of 0', { lr: '0' }, 'train.bad-rate'],
    ['a negative rate', { lr: '-0.1' }, 'train.bad-rate'],
    ['a rate that is no number', { 'head-lr': 'fast' }, 'train.bad-rate'],
    ['an immense rate', { lr: '1e9' }, 'train.bad-rate'],
    ['no epochs', { epochs: '0' }, 'train.bad-number'],
    ['half an epoch', { epochs: '1.5' }, 'train.bad-number'],
    ['a seed of 33 bit', { seed: '4294967296' }, 'train.bad-number'],
    ['a stride of 0', { 'label-stride': '0' }, 'train.bad-number'],
    ['a scale without its zero point', { 'data-scale': '0.1' }, 'train.bad-quantisation'],
    ['a scale of 0', { 'data-scale': '0', 'data-zero': '0' }, 'train.bad-quantisation'],
    ['a zero point out of range', { 'data-scale': '1', 'data-zero': '128' }, 'train.bad-quantisation'],
    ['an unknown engine', { engine: 'steam' }, 'run.unknown-engine'],
    ['an unknown board', { engine: 'arm:steam' }, 'run.unknown-engine'],
    ['a board that nothing emulates', { engine: 'arm:nrf52840-dk' }, 'run.board-not-run'],
    ['two outputs in one place', { export: 'out.delta' }, 'train.same-output'],
    ['an unknown schedule', { schedule: 'sine' }, 'train.bad-schedule'],
    ['an unknown order', { order: 'sorted' }, 'train.bad-order'],
    ['classes to balance where there are none', { ...NUMBERS, order: 'balanced' }, 'train.no-classes'],
    ['a loss below 0', { 'stop-below': '-1' }, 'train.bad-loss'],
    ['a patience that is no number', { patience: 'much' }, 'train.bad-number'],
    ['progress that nobody waits for', { 'least-fall': '0.1' }, 'train.no-patience'],
    ['a cache of another kind', { cache: 'on' }, 'train.unknown-cache'],
    ['an output nowhere', { delta: 'none/out.delta' }, 'file.unwritable'],
    [
      'an output over a folder, before anything is read',
      { export: '.', model: 'none.tflite' },
      'file.unwritable',
    ],
  ] as const)('%s', async (_what, changes, code) => {
    writeFileSync(path('empty.i8'), '');
    const said = await trained({ epochs: '1', ...changes }, '--json');
    expect(refusedWith(said)).toMatch(new RegExp(`^${code.replace('.', '[.]')}`));
  });

  it('a command line without what it needs', async () => {
    expect(refusedWith(await fleetlearn('train', path('small.tflite')))).toBe('usage');
  });
});

describeEmulated('train on an emulated board', () => {
  it('says what the linked program takes, and gives the same delta', async () => {
    const [arm, wasm] = [
      await report({ engine: 'arm:mps2-an386', delta: 'arm.delta', epochs: '2' }),
      await report({ delta: 'wasm.delta', epochs: '2' }),
    ];
    expect(readFileSync(path('arm.delta'))).toEqual(readFileSync(path('wasm.delta')));
    expect([arm.before, arm.epochs, arm.after]).toEqual([wasm.before, wasm.epochs, wasm.after]);
    expect(arm.instructionsPerStep).toBeGreaterThan(arm.macsPerStep);
    expect(arm.flashBytes).toBeGreaterThan(5_000);
  });
});
