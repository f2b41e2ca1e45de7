import fc from 'fast-check';
import { fromHex, sha256, toHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { arbitraryDelta } from '#test/fleet-vectors/arbitrary-deltas';
import {
  acceptDelta,
  checkDeltaHeader,
  decodeDelta,
  encodeDelta,
  mostEncodedBytes,
  rawDeltaBytes,
  readRawDelta,
  writeRawDelta,
  type DeltaHeader,
  type DeltaLayout,
  type VariableKind,
} from './index';

const layoutOf = (...variables: [VariableKind, number][]): DeltaLayout => ({
  schemeId: 5,
  variables: variables.map(([kind, count]) => ({ tensorName: kind, kind, count })),
});
const hex = (text: string): Uint8Array => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const rawOf = (layout: DeltaLayout, ...values: number[][]): Uint8Array =>
  writeRawDelta(
    layout.variables.map((variable, i) => ({ variable, values: Int32Array.from(values[i] ?? []) })),
  );

describe('the encoding of a delta', () => {
  it('is read back as the raw delta', () => {
    fc.assert(
      fc.property(arbitraryDelta(), ({ layout, deltas, raw }) => {
        const encoded = unwrap(encodeDelta(layout, raw));
        expect(encoded.length).toBeLessThanOrEqual(mostEncodedBytes(layout));
        expect(unwrap(decodeDelta(layout, encoded))).toEqual(raw);
        expect(unwrap(readRawDelta(layout, raw))).toEqual(deltas);
        expect(raw.length).toBe(rawDeltaBytes(layout));
      }),
      { numRuns: 300 },
    );
  });

  it('stands least significant bit first, unary before the low bits', () => {
    const layout = layoutOf(['weights', 4]);
    // u = 0 1 2 4, k = 2 throughout: 0 00 | 0 10 | 0 01 | 10 00
    expect(toHex(unwrap(encodeDelta(layout, rawOf(layout, [0, -1, 1, 2]))))).toBe('1003');
  });

  it('follows the size of what came before, of its kind and across variables', () => {
    const bits = (...variables: [VariableKind, number[]][]): number => {
      const layout = layoutOf(
        ...variables.map(([kind, values]): [VariableKind, number] => [kind, values.length]),
      );
      return 8 * unwrap(encodeDelta(layout, rawOf(layout, ...variables.map(([, values]) => values)))).length;
    };
    const many = (value: number): number[] => Array.from({ length: 800 }, (_, i) => (i % 2 ? value : -value));
    expect(bits(['weights', many(0)])).toBeLessThan(1.05 * 800);
    expect(bits(['weights', many(100)])).toBeLessThan(9.1 * 800);
    const apart = bits(['weights', many(0)]) + bits(['weights', many(1)]);
    expect(bits(['weights', many(0)], ['bias', many(100_000)], ['weights', many(1)])).toBeLessThan(
      bits(['bias', many(100_000)]) + apart,
    );
  });

  it('writes a value far from the others in full', () => {
    const layout = layoutOf(['weights', 101], ['bias', 1]);
    const raw = rawOf(layout, [...Array.from({ length: 100 }, () => 0), -254], [8_388_608]);
    // 100 zeros in 117 bits, as k falls from 2 to 0; 24 ones, u = 507 in 9 bits; 24 ones, u = 2^24 in 25 bits: 199 bits
    const encoded = unwrap(encodeDelta(layout, raw));
    expect(encoded.length).toBe(25);
    expect(unwrap(decodeDelta(layout, encoded))).toEqual(raw);
  });

  it('of nothing is nothing', () => {
    expect(unwrap(encodeDelta(layoutOf(['weights', 0]), new Uint8Array()))).toEqual(new Uint8Array());
    expect(unwrap(decodeDelta(layoutOf(), new Uint8Array()))).toEqual(new Uint8Array());
  });

  it('is refused when cut off at any byte or followed by another', () => {
    fc.assert(
      fc.property(arbitraryDelta(20), ({ layout, raw }) => {
        const encoded = unwrap(encodeDelta(layout, raw));
        for (let length = 0; length < encoded.length; length++) {
          expect(decodeDelta(layout, encoded.subarray(0, length))).toMatchObject({
            error: { status: 'wrongSize' },
          });
        }
        expect(decodeDelta(layout, Uint8Array.of(...encoded, 0))).toMatchObject({
          error: { status: 'wrongSize' },
        });
      }),
    );
  });

  it('with any bit flipped is refused or within the ranges', () => {
    fc.assert(
      fc.property(arbitraryDelta(20), ({ layout, raw }) => {
        const encoded = unwrap(encodeDelta(layout, raw));
        for (let bit = 0; bit < 8 * encoded.length; bit++) {
          const flipped = encoded.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const decoded = decodeDelta(layout, flipped);
          if (decoded.ok) expect(readRawDelta(layout, decoded.value).ok).toBe(true);
        }
      }),
    );
  });

  it('never throws, whatever came', () => {
    const layout = layoutOf(['weights', 20], ['head', 5], ['bias', 5]);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (noise) => typeof decodeDelta(layout, noise).ok === 'boolean',
      ),
    );
  });

  it.each([
    ['ff', 1, 'delta.truncated'],
    ['00', 9, 'delta.truncated'],
    ['08', 1, 'delta.bad-padding'],
    ['ffffff0500', 1, 'delta.not-shortest'],
    ['ffffffff01', 1, 'delta.out-of-range'],
    ['0000', 1, 'delta.trailing-bytes'],
    ['00'.repeat(40), 1, 'delta.trailing-bytes'],
  ])('%s for %d weights is refused: %s', (bytes, count, code) => {
    expect(decodeDelta(layoutOf(['weights', count]), hex(bytes))).toMatchObject({
      ok: false,
      error: { code },
    });
  });

  it('is not made of values that no session can make', () => {
    const layout = layoutOf(['weights', 1]);
    expect(encodeDelta(layout, hex('ff00')).ok && encodeDelta(layout, hex('fe00')).ok).toBe(false);
    expect(encodeDelta(layout, hex('fe00')).ok).toBe(true);
    expect(encodeDelta(layout, hex('00'))).toMatchObject({ error: { code: 'delta.wrong-size' } });
  });
});

describe('the judgement of a delta', () => {
  const layout = layoutOf(['weights', 4]);
  const raw = rawOf(layout, [3, -1, 0, 3]);
  const encoded = unwrap(encodeDelta(layout, raw));
  const baseDigest = sha256(Uint8Array.of(1));
  const good: DeltaHeader = { baseDigest, scheme: 5, deltaBytes: encoded.length, deltaDigest: sha256(raw) };
  const expected = { baseDigest, layout };

  it('accepts what was expected', () => {
    expect(checkDeltaHeader(good, expected).ok).toBe(true);
    expect(unwrap(acceptDelta(good, expected, encoded))).toEqual(raw);
  });

  it.each([
    [{ baseDigest: sha256(Uint8Array.of(2)) }, 'wrongBase'],
    [{ scheme: 6 }, 'wrongScheme'],
    [{ deltaBytes: mostEncodedBytes(layout) + 1 }, 'wrongSize'],
  ])('refuses a header before any byte (%#)', (wrong, status) => {
    expect(checkDeltaHeader({ ...good, ...wrong }, expected)).toMatchObject({ ok: false, error: { status } });
    expect(acceptDelta({ ...good, ...wrong }, expected, encoded)).toMatchObject({
      ok: false,
      error: { status },
    });
  });

  it.each([
    [{ deltaBytes: encoded.length + 1 }, encoded, 'wrongSize'],
    [{ deltaDigest: sha256(encoded) }, encoded, 'wrongDigest'],
    [{}, encoded.with(encoded.length - 1, (encoded.at(-1) ?? 0) | 0x80), 'malformed'],
  ])('refuses bytes that are not what was announced (%#)', (wrong, bytes, status) => {
    expect(acceptDelta({ ...good, ...wrong }, expected, bytes)).toMatchObject({
      ok: false,
      error: { status },
    });
  });
});
