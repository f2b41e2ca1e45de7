import fc from 'fast-check';
import { fromHex, sha256, toHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { arbitraryDelta } from '#test/fleet-vectors/arbitrary-deltas';
import { bucketsAt, cumulative, ESCAPE } from './bell';
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
import { RangeEncoder } from './range-encoder';

const layoutOf = (...variables: [VariableKind, number][]): DeltaLayout => ({
  schemeId: 5,
  variables: variables.map(([kind, count]) => ({ tensorName: kind, kind, count })),
});
const hex = (text: string): Uint8Array => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
/** With a number added to the last byte. */
const withLast = (bytes: Uint8Array, more: number): Uint8Array =>
  bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) + more);
const rawOf = (layout: DeltaLayout, ...values: number[][]): Uint8Array =>
  writeRawDelta(
    layout.variables.map((variable, i) => ({ variable, values: Int32Array.from(values[i] ?? []) })),
  );
/** How long the encoding of these is. */
function bytesOf(...variables: [VariableKind, number[]][]): number {
  const layout = layoutOf(
    ...variables.map(([kind, values]): [VariableKind, number] => [kind, values.length]),
  );
  return unwrap(encodeDelta(layout, rawOf(layout, ...variables.map(([, values]) => values)))).length;
}

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

  it('is the number that DELTA.md says', () => {
    // Scale 128: buckets of 2 numbers, a mean magnitude is 67 sixteenths of one. 0 is the first of bucket 64, which has the frequencies
    // 31,427 to 36,792: the tail is 31,363 at 8/32 of a bucket below the centre and 28,680 at 24/32 above it. The lowest number of its first half
    // is 65,535 * 31,427; the next multiple of 2^16 begins with 0x7ac3.
    const layout = layoutOf(['weights', 1]);
    expect(toHex(unwrap(encodeDelta(layout, rawOf(layout, [0]))))).toBe('7ac3');
  });

  it('follows the size of what came before, of its kind and across variables', () => {
    const bits = (...variables: [VariableKind, number[]][]): number => bytesOf(...variables) * 8;
    const many = (value: number): number[] => Array.from({ length: 800 }, (_, i) => (i % 2 ? value : -value));
    expect(bits(['weights', many(0)])).toBeLessThan(0.65 * 800);
    expect(bits(['weights', many(100)])).toBeLessThan(8.9 * 800);
    const small = [
      ['weights', many(0)],
      ['weights', many(1)],
    ] satisfies [VariableKind, number[]][];
    const large = ['bias', many(100_000)] satisfies [VariableKind, number[]];
    const apart = bits(...small) + bits(large);
    expect(bits(...small.slice(0, 1), ['weights', []], large, ...small.slice(1))).toBeLessThan(apart);
  });

  it('knows the size of a row from its first elements', () => {
    const rng = new Rng(1);
    const sizes = Array.from({ length: 60 }, (_, row) => (row % 2 ? 4 : 60));
    const rows = sizes.flatMap((size) => Array.from({ length: 40 }, () => rng.below(2 * size + 1) - size));
    const biases = sizes.map(() => 0);
    expect(bytesOf(['weights', rows], ['bias', biases])).toBeLessThan(
      0.97 * bytesOf(['weights', rows], ['weights', []], ['bias', biases]),
    );
  });

  it('expects of a row what rows like it had', () => {
    const rng = new Rng(2);
    const noise = (size: number, count: number): number[] =>
      Array.from({ length: count }, () => rng.below(2 * size + 1) - size);
    const [pattern, unlike] = [noise(30, 40), noise(30, 40 * 40)];
    const like = Array.from({ length: 40 }, (_, row) =>
      pattern.map((value) => (row % 2 ? value : -value)),
    ).flat();
    const biases = noise(0, 40);
    const most = bytesOf(['weights', unlike], ['bias', biases]);
    expect(bytesOf(['weights', like], ['bias', biases])).toBeLessThan(0.8 * most);
  });

  it('writes a value far from the others in full', () => {
    const zeros = Array.from({ length: 100 }, () => 0);
    const layout = layoutOf(['weights', 101], ['bias', 1]);
    const raw = rawOf(layout, [...zeros, -254], [8_388_608]);
    const encoded = unwrap(encodeDelta(layout, raw));
    // 16 bits for each escape, 9 and 25 for the values.
    const rest = bytesOf(['weights', zeros], ['bias', []]);
    expect(encoded.length - rest).toBeGreaterThanOrEqual(8);
    expect(encoded.length - rest).toBeLessThanOrEqual(9);
    expect(unwrap(decodeDelta(layout, encoded))).toEqual(raw);
  });

  it('of nothing is its end alone', () => {
    expect(toHex(unwrap(encodeDelta(layoutOf(['weights', 0]), new Uint8Array())))).toBe('0000');
    expect(unwrap(decodeDelta(layoutOf(), new Uint8Array(2)))).toEqual(new Uint8Array());
  });

  it('is refused when cut off at any byte or followed by another', () => {
    fc.assert(
      fc.property(arbitraryDelta(20), ({ layout, raw }) => {
        const encoded = unwrap(encodeDelta(layout, raw));
        for (let length = 0; length < encoded.length; length++) {
          expect(decodeDelta(layout, encoded.subarray(0, length)).ok).toBe(false);
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

  describe('that is wrong is refused', () => {
    const layout = layoutOf(['weights', 3]);
    const encoded = unwrap(encodeDelta(layout, rawOf(layout, [3, -1, 0])));
    /** A first weight written in full. */
    const inFull = (bits: number): Uint8Array => {
      const out = new RangeEncoder();
      const buckets = bucketsAt(128);
      out.symbol({ below: cumulative(buckets, ESCAPE), upTo: cumulative(buckets, ESCAPE + 1) });
      out.plain(bits, 9);
      return out.finish();
    };

    it.each([
      ['without its end', encoded.subarray(0, -1), 'delta.truncated'],
      ['with a byte more', Uint8Array.of(...encoded, 0), 'delta.trailing-bytes'],
      ['longer than any', new Uint8Array(mostEncodedBytes(layout) + 1), 'delta.trailing-bytes'],
      ['with another number of the last range', withLast(encoded, 1), 'delta.bad-end'],
      ['beyond the last symbol', hex('ffffffff'), 'delta.no-symbol'],
      ['with a bucket outside the range', hex('0000 00000000'), 'delta.out-of-range'],
      ['with a value outside the range', inFull(509), 'delta.out-of-range'],
      ['with a value in full that has a bucket', inFull(254 + 100), 'delta.not-shortest'],
    ])('%s', (_, bytes, code) => {
      expect(decodeDelta(layout, bytes)).toMatchObject({ ok: false, error: { code } });
    });

    it('takes a value in full that has no bucket', () => {
      const one = layoutOf(['weights', 1]);
      expect(unwrap(decodeDelta(one, inFull(254 + 200)))).toEqual(rawOf(one, [200]));
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
    [{}, withLast(encoded, 1), 'malformed'],
  ])('refuses bytes that are not what was announced (%#)', (wrong, bytes, status) => {
    expect(acceptDelta({ ...good, ...wrong }, expected, bytes)).toMatchObject({
      ok: false,
      error: { status },
    });
  });
});
