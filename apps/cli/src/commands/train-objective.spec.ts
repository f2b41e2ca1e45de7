import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ambiguousModelFile } from '#test/support/ambiguous-model';
import { learnableRows } from '#test/support/training-rows';
import { fleetlearn, refusedWith, type Said } from '../testing/fleetlearn';

const ROWS = 32;
const SIDE = 6;

let folder: string;
const path = (name: string): string => join(folder, name);
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-objective-'));
  const { elements, labels } = learnableRows(ROWS, SIDE, 3, 7);
  writeFileSync(path('six.tflite'), ambiguousModelFile(SIDE));
  writeFileSync(path('rows.i8'), new Uint8Array(elements.buffer));
  writeFileSync(path('labels.u8'), labels);
  writeFileSync(path('adapt.txt'), lines(0, 24));
  writeFileSync(path('test.txt'), lines(24, ROWS));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function trained(...more: readonly string[]): Promise<Said> {
  const engine = more.includes('--engine') ? [] : ['--engine', 'reference'];
  const words = '--scheme full --epochs 4 --seed 1'.split(' ');
  const files = {
    data: 'rows.i8',
    labels: 'labels.u8',
    adapt: 'adapt.txt',
    test: 'test.txt',
    delta: 'out.delta',
  };
  const named = Object.entries(files).flatMap(([key, name]) => [`--${key}`, path(name)]);
  return fleetlearn('train', path('six.tflite'), ...engine, ...words, ...named, ...more);
}

interface Report {
  readonly objective: string;
  readonly classes: number;
  readonly kept: boolean;
  readonly after: { readonly accuracy: number | null };
}

const report = async (...more: readonly string[]): Promise<Report> =>
  JSON.parse((await trained('--json', ...more)).out) as Report;

describe('what a network that could be either is trained to do', () => {
  it('is seen from its shape where nothing is said, and told', async () => {
    expect(await report()).toMatchObject({ objective: 'reconstruct', classes: 1, after: { accuracy: null } });
    expect((await trained()).out).toContain('six on reference, to reconstruct: scheme full');
  });

  it('is what was said, on every engine', async () => {
    const words = ['--objective', 'classify', '--export', path('out.tflite'), '--lr', '0.1'];
    const said = await report(...words);
    expect(said).toMatchObject({ objective: 'classify', classes: SIDE, kept: true });
    expect(said.after.accuracy).toBeGreaterThan(0.8);
    const compiled = await report(...words, '--engine', 'wasm');
    expect(compiled).toMatchObject({ objective: 'classify', after: said.after });
  });

  it('must be something that it can do', async () => {
    expect(refusedWith(await trained('--objective', 'regress'))).toBe('objective.several-numbers');
  });

  it('is what plans and programs are made for, too', async () => {
    const plan = async (...more: readonly string[]) => {
      const said = await fleetlearn('plan', path('six.tflite'), '--board', 'virtual-m4', '--json', ...more);
      return JSON.parse(said.out) as { readonly plan: object };
    };
    const [looks, told] = [await plan(), await plan('--objective', 'classify')];
    expect(told.plan).not.toEqual(looks.plan);
    expect(
      refusedWith(
        await fleetlearn('plan', path('six.tflite'), '--board', 'virtual-m4', '--objective', 'regress'),
      ),
    ).toBe('objective.several-numbers');
  });
});
