import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import { MESSAGE_KINDS } from '#test/fleet-vectors/arbitrary-messages';
import { decodeCbor, encodeCbor, MAX_PAYLOAD_BYTES, type CborValue } from '../index';

const unknownValue: fc.Arbitrary<CborValue> = fc.oneof(
  fc.integer({ min: -0x80000000, max: 0xffffffff }),
  fc.uint8Array({ maxLength: 20 }),
  fc.string({ maxLength: 10 }),
  fc.array(fc.oneof(fc.nat(), fc.array(fc.nat(), { maxLength: 3 })), { maxLength: 3 }),
  fc.constant(new Map<number, CborValue>([[1, [2, 3]]])),
);

describe.each(MESSAGE_KINDS)('the message $name', ({ message, encode, decode }) => {
  it('decodes to what was encoded, and has one encoding', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const payload = encode(sent);
        expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
        const received = unwrap(decode(payload));
        expect(received).toEqual(sent);
        expect(encode(received)).toEqual(payload);
      }),
    );
  });

  it('is refused when cut off at any byte', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const payload = encode(sent);
        const accepted = Array.from(payload.keys()).filter(
          (length) => decode(payload.subarray(0, length)).ok,
        );
        expect(accepted).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('with any bit flipped is refused or is another message within the limits', () => {
    const survives = (payload: Uint8Array): boolean => {
      const received = decode(payload);
      return !received.ok || decode(encode(received.value)).ok;
    };
    fc.assert(
      fc.property(message, (sent) => {
        const payload = encode(sent);
        for (let bit = 0; bit < payload.length * 8; bit++) {
          const flipped = payload.with(bit >> 3, (payload[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
          if (!survives(flipped)) throw new Error(`bit ${bit}`);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('keeps its meaning when keys are added that nobody knows', () => {
    fc.assert(
      fc.property(
        message,
        fc.dictionary(fc.constantFrom('31', '99', '100000'), unknownValue),
        (sent, extra) => {
          const known = unwrap(decodeCbor(encode(sent)));
          const keys = Object.entries(extra).map(([key, value]): [number, CborValue] => [Number(key), value]);
          const map = new Map([...known, ...keys]);
          fc.pre(encode(sent).length < 1000);
          expect(unwrap(decode(encodeCbor(map)))).toEqual(sent);
        },
      ),
    );
  });

  it('is never made of noise by an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => typeof decode(noise).ok === 'boolean'),
    );
  });
});
