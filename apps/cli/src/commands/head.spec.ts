import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { unwrap } from '#libs/base/result';
import { type Dataset, decodeDataset } from '#libs/model/dataset';
import { inferenceGraph } from '#libs/firmware/program';
import { classifierOf } from '#libs/model/passes';
import { smallModelFile } from '#test/support/small-model';
import { fleetlearn, KWS_DIGITS, refusedWith } from '../testing/fleetlearn';

jest.setTimeout(180_000);

let folder: string;
const path = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-head-'));
  writeFileSync(path('small.tflite'), smallModelFile());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const classesOf = (name: string): number => {
  const graph = unwrap(inferenceGraph(new Uint8Array(readFileSync(path(name))), name));
  return unwrap(classifierOf(graph)).classes;
};

describe('head', () => {
  it('writes a model with other classes, and says so', async () => {
    const { code, out } = await fleetlearn(
      'head',
      path('small.tflite'),
      '--classes',
      '7',
      '--out',
      path('7'),
    );
    expect([code, classesOf('7')]).toEqual([0, 7]);
    expect(out).toContain('fc tells 7 classes apart by 4 features (before: 3)\nall new, from seed 1\n');
  });

  it('says in JSON what was kept and what is new', async () => {
    const words = ['--labels', 'one, two,three,four', '--keep', '--seed', '9', '--out', path('4'), '--json'];
    const { out } = await fleetlearn('head', path('small.tflite'), ...words);
    expect(JSON.parse(out)).toEqual({
      model: 'small',
      head: 'fc',
      features: 4,
      classesBefore: 3,
      classes: 4,
      kept: 3,
      seed: 9,
      labels: ['one', 'two', 'three', 'four'],
      fileBytes: readFileSync(path('4')).length,
    });
    expect(readFileSync(path('4')).includes('Classes: one, two, three, four')).toBe(true);
  });

  it('leaves the file as it is where all classes are kept and none is added', async () => {
    await fleetlearn('head', path('small.tflite'), '--classes', '3', '--keep', '--out', path('3'));
    expect(readFileSync(path('3'))).toEqual(Buffer.from(smallModelFile()));
  });

  it.each([
    ['no classes', [], 'usage'],
    ['one class', ['--classes', '1'], 'head.bad-classes'],
    ['what is no number', ['--classes', 'ten'], 'head.bad-classes'],
    ['labels of another count', ['--classes', '3', '--labels', 'a,b'], 'head.label-count'],
    ['a label twice', ['--labels', 'a,b,a'], 'head.duplicate-labels'],
    ['an empty label', ['--labels', 'a,,b'], 'head.bad-label'],
    ['a seed that is none', ['--classes', '3', '--seed', '-1'], 'head.bad-seed'],
    ['fewer classes than are kept', ['--classes', '2', '--keep'], 'head.keep-drops'],
  ])('refuses %s', async (_, words, code) => {
    const said = await fleetlearn('head', path('small.tflite'), ...words, '--out', path('refused'));
    expect(refusedWith(said)).toBe(code);
    expect(() => readFileSync(path('refused'))).toThrow('ENOENT');
  });
});

const VOICES = ['french', 'croak', 'german', 'scots'];

const voice = (name: string): Dataset => {
  const file = resolve(__dirname, `../../../demo/data/voice-${name}.flds.br`);
  return unwrap(decodeDataset(new Uint8Array(brotliDecompressSync(readFileSync(file)))));
};

/** Who speaks, by turns: 30 digits of each voice to learn from, 20 others to test on. */
function writeSpeakers(): Dataset {
  const voices = VOICES.map(voice);
  const [first] = voices;
  if (!first) throw new Error('there are voices');
  const rows = Array.from({ length: 50 }, (_, turn) =>
    voices.map(({ elements, itemBytes, adaptCount }) => {
      const item = turn < 30 ? turn : adaptCount + turn - 30;
      return elements.subarray(item * itemBytes, (item + 1) * itemBytes);
    }),
  ).flat();
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');
  const split = 30 * VOICES.length;
  writeFileSync(path('rows.i8'), Buffer.concat(rows.map((row) => Buffer.from(row))));
  writeFileSync(
    path('labels.u8'),
    Uint8Array.from(rows, (_, row) => row % VOICES.length),
  );
  writeFileSync(path('adapt.txt'), lines(0, split));
  writeFileSync(path('test.txt'), lines(split, rows.length));
  return first;
}

describe('a model of digits with the head of another task', () => {
  it('learns who speaks', async () => {
    const { scale, zeroPoint } = writeSpeakers();
    await fleetlearn('head', KWS_DIGITS, '--labels', VOICES.join(), '--out', path('speakers.tflite'));
    const files = ['data', 'rows.i8', 'labels', 'labels.u8', 'adapt', 'adapt.txt', 'test', 'test.txt'].map(
      (word, i) => (i % 2 === 0 ? `--${word}` : path(word)),
    );
    const numbers = `--data-scale ${scale} --data-zero ${zeroPoint} --engine wasm --scheme full --epochs 6 --seed 1`;
    const words = [...files, ...numbers.split(' '), '--delta', path('learnt.delta'), '--json'];
    const { code, out } = await fleetlearn('train', path('speakers.tflite'), ...words);
    expect(code).toBe(0);
    const report = JSON.parse(out) as Record<'before' | 'after', { readonly accuracy: number }>;
    expect(report.before.accuracy).toBeLessThan(0.5);
    expect(report.after.accuracy).toBeGreaterThan(0.9);
  });
});
