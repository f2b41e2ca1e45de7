import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { fromHex, toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import {
  decodeDelta,
  type DeltaLayout,
  ELEMENT_FORMATS,
  encodeDelta,
  type VariableDelta,
  type VariableKind,
  writeRawDelta,
} from '#libs/fleet/delta';
import { arbitraryDelta } from './arbitrary-deltas';
import { compileC, describeC, talk } from './c-program';
import { GOLDEN_DELTAS } from './golden-deltas';
import { deltaVectorFiles, type DeltaVector } from './vector-files';

const FILE = join(__dirname, '..', 'vectors', 'delta', 'deltas.json');
const text = readFileSync(FILE, 'utf8');

describe('the golden deltas', () => {
  it('are in test/vectors/delta as the codec encodes them (fresh: write-vectors.ts)', () => {
    expect(text).toEqual(deltaVectorFiles().get('deltas.json'));
  });

  it('decode to their raw deltas', () => {
    for (const { variables, raw, encoded } of JSON.parse(text) as DeltaVector[]) {
      const layout: DeltaLayout = {
        schemeId: 1,
        variables: variables.map(({ kind, count }) => ({
          tensorName: '',
          kind: kind as VariableKind,
          count,
        })),
      };
      expect(toHex(unwrap(decodeDelta(layout, fromHex(encoded) ?? new Uint8Array())))).toBe(raw);
    }
  });

  it('are much smaller encoded, as sessions make them', () => {
    const session = GOLDEN_DELTAS.find(({ name }) => name === 'a session');
    expect((session?.encoded.length ?? 0) / (session?.raw.length ?? 1)).toBeLessThan(0.5);
  });
});

const KINDS: Readonly<Record<VariableKind, number>> = { weights: 0, head: 1, bias: 2 };

describeC('the C delta encoder (needs gcc)', () => {
  let driver = '';
  beforeAll(() => {
    driver = compileC({
      driver: 'delta-driver.c',
      sources: ['net/fl_delta_coding.c', 'net/fl_delta_model.c', 'runtime/fl_bytes.c'],
    });
  }, 60_000);

  const line = (piece: number, order: number, layout: DeltaLayout, raw: Uint8Array): string => {
    const variables = layout.variables.map(({ kind, count }) => `${KINDS[kind]} ${count}`);
    return [piece, order, toHex(raw) || '-', ...variables].join(' ');
  };

  it.each([
    ['from the start', 0, 1024],
    ['byte by byte', 0, 1],
    ['in pieces of 7 bytes, backwards', 1, 7],
    ['every piece twice', 2, 13],
  ])('makes the golden deltas %s', (_, order, piece) => {
    const lines = GOLDEN_DELTAS.map(({ layout, raw }) => line(piece, order, layout, raw));
    expect(talk(driver, lines)).toEqual(GOLDEN_DELTAS.map(({ encoded }) => toHex(encoded) || '-'));
  });

  it('encodes any delta as TypeScript does', () => {
    const deltas = fc.sample(arbitraryDelta(200), { numRuns: 400, seed: 3 });
    const lines = deltas.map(({ layout, raw }, i) => line(1 + (i % 40), i % 3, layout, raw));
    expect(talk(driver, lines)).toEqual(
      deltas.map(({ layout, raw }) => toHex(unwrap(encodeDelta(layout, raw))) || '-'),
    );
  });

  it('encodes the ends of all ranges, in rows that are so long that sums wrap, as TypeScript does', () => {
    const rng = new Rng(4);
    const ends = (kind: VariableKind, count: number): VariableDelta => {
      const { limit } = ELEMENT_FORMATS[kind];
      const values = Int32Array.from({ length: count }, () => (rng.below(9) ? limit : -limit));
      return { variable: { tensorName: kind, kind, count }, values };
    };
    const longRows = [ends('weights', 3 * 70_000), ends('bias', 3)];
    const manyRows = [ends('head', 65 * 40), ends('bias', 65), ends('weights', 65), ends('bias', 65)];
    const deltas = [longRows, manyRows].map((variables) => ({
      layout: { schemeId: 1, variables: variables.map(({ variable }) => variable) },
      raw: writeRawDelta(variables),
    }));
    const encoded = deltas.map(({ layout, raw }) => unwrap(encodeDelta(layout, raw)));
    expect(
      talk(
        driver,
        deltas.map(({ layout, raw }) => line(1024, 0, layout, raw)),
      ),
    ).toEqual(encoded.map(toHex));
    deltas.forEach(({ layout, raw }, i) => expect(unwrap(decodeDelta(layout, at(encoded, i)))).toEqual(raw));
  });
});
