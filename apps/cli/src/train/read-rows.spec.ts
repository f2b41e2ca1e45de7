import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { readRows } from './read-rows';

const CLASSES = 3;
const SHAPE = { inputBytes: 2, labels: CLASSES, quantisation: { scale: 1, zeroPoint: 0 } };

let folder: string;
const path = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-rows-'));
  writeFileSync(path('rows.i8'), Uint8Array.from([1, 2, 3, 4, 5, 6]));
  // Of the second row nobody knows what it is.
  writeFileSync(path('labels.u8'), Uint8Array.from([0, 255, 2]));
  writeFileSync(path('first.txt'), '0\n');
  writeFileSync(path('second.txt'), '1\n');
  writeFileSync(path('last.txt'), '2\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (adapt: string, test: string) =>
  readRows(
    {
      data: path('rows.i8'),
      labels: path('labels.u8'),
      labelStride: 1,
      adapt: path(adapt),
      test: path(test),
    },
    SHAPE,
  );

describe('rows of a session', () => {
  it('are those that an index names: labels of others may be anything', () => {
    const { adapt, test } = unwrap(read('last.txt', 'first.txt'));
    expect([adapt, test]).toEqual([
      [{ features: Int8Array.from([5, 6]), label: 2 }],
      [{ features: Int8Array.from([1, 2]), label: 0 }],
    ]);
  });

  it.each([
    ['to learn from', 'second.txt', 'last.txt'],
    ['to test on', 'first.txt', 'second.txt'],
  ])('are refused where one %s is of no class', (_, adapt, test) => {
    const rows = read(adapt, test);
    expect(rows).toMatchObject({ ok: false, error: { code: 'train.bad-label' } });
    expect(!rows.ok && rows.error.message).toContain('row 1 has label 255');
  });
});
