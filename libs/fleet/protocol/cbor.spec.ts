import fc from 'fast-check';
import { fromHex, toHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { decodeCbor, encodeCbor, type CborMap, type CborValue } from './cbor';

const decodeHex = (hex: string) => decodeCbor(fromHex(hex) ?? new Uint8Array());

describe('decodeCbor', () => {
  it.each([
    ['', 'protocol.truncated'],
    ['80', 'protocol.not-a-map'],
    ['00', 'protocol.not-a-map'],
    ['bf0101ff', 'protocol.indefinite-length'],
    ['a1015f4100ff', 'protocol.indefinite-length'],
    ['a1011801', 'protocol.not-shortest'],
    ['a1011900ff', 'protocol.not-shortest'],
    ['a1011a0000ffff', 'protocol.not-shortest'],
    ['a1180101', 'protocol.not-shortest'],
    ['b80101 01'.replace(' ', ''), 'protocol.not-shortest'],
    ['a1011b0000000100000000', 'protocol.integer-range'],
    ['a1013a80000000', 'protocol.integer-range'],
    ['a101f93c00', 'protocol.forbidden-type'],
    ['a101f5', 'protocol.forbidden-type'],
    ['a101c100', 'protocol.forbidden-type'],
    ['a10181818100', 'protocol.too-deep'],
    ['a101a101a101a10101', 'protocol.too-deep'],
    ['a20101010 2'.replace(' ', ''), 'protocol.key-order'],
    ['a202010101', 'protocol.key-order'],
    ['a12001', 'protocol.key-type'],
    ['a1616101', 'protocol.key-type'],
    ['a1015a7fffffff00', 'protocol.truncated'],
    ['a1019a7fffffff00', 'protocol.truncated'],
    ['ba7fffffff0101', 'protocol.truncated'],
    ['a101', 'protocol.truncated'],
    ['a10161ff', 'protocol.bad-text'],
    ['a1010100', 'protocol.trailing-bytes'],
    ['a'.padEnd(2600, '0'), 'protocol.oversize'],
  ])('refuses %s: %s', (hex, code) => {
    expect(decodeHex(hex)).toMatchObject({ ok: false, error: { code } });
  });

  it.each([
    ['a0', []],
    ['a10000', [[0, 0]]],
    ['a1013a7fffffff', [[1, -2147483648]]],
    ['a1011affffffff', [[1, 4294967295]]],
    ['a1018180', [[1, [[]]]]],
    [
      'a2014102026161',
      [
        [1, Uint8Array.of(2)],
        [2, 'a'],
      ],
    ],
  ] as [string, [number, CborValue][]][])('reads %s', (hex, entries) => {
    expect([...unwrap(decodeHex(hex))]).toEqual(entries);
  });

  it('accepts nothing that it would encode otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const payload = Uint8Array.of(0xa1, 0x01, ...noise);
        const map = decodeCbor(payload);
        if (map.ok) expect(toHex(encodeCbor(map.value))).toBe(toHex(payload));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('encodeCbor', () => {
  const leaf: fc.Arbitrary<CborValue> = fc.oneof(
    fc.integer({ min: -0x80000000, max: 0xffffffff }),
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  );
  const mapOf = (value: fc.Arbitrary<CborValue>): fc.Arbitrary<CborMap> =>
    fc.array(fc.tuple(fc.nat(), value), { maxLength: 3 }).map((entries) => new Map(entries));
  const inner = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), mapOf(leaf));
  const middle = fc.oneof(leaf, fc.array(inner, { maxLength: 2 }), mapOf(inner));

  it('is read back, keys in ascending order', () => {
    fc.assert(
      fc.property(mapOf(middle), (map) => {
        const sorted = unwrap(decodeCbor(encodeCbor(map)));
        expect([...sorted.keys()]).toEqual([...map.keys()].sort((a, b) => a - b));
        expect(sorted.size).toBe(map.size);
        for (const [key, value] of sorted) expect(value).toEqual(map.get(key));
      }),
    );
  });

  it('refuses what is not in the subset as a mistake of its caller', () => {
    expect(() => encodeCbor(new Map([[1, 1.5]]))).toThrow('not an integer');
    expect(() => encodeCbor(new Map([[-1, 1]]))).toThrow('negative');
    expect(() => encodeCbor(new Map([[1, [[[1]]]]]))).toThrow('deeper');
    expect(() => encodeCbor(new Map([[1, new Uint8Array(1300)]]))).toThrow('1305 bytes');
  });
});
