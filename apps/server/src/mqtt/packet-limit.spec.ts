import { PacketLimit } from './packet-limit';

const PINGREQ = Uint8Array.of(0xc0, 0);

/** A PUBLISH with so many bytes after its fixed header (MQTT 3.1.1, 2.2.3: seven bits of the length a byte). */
function publish(bodyBytes: number): Uint8Array {
  const length: number[] = [];
  for (let rest = bodyBytes; ; rest >>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Uint8Array.from([0x30, ...length, ...new Uint8Array(bodyBytes)]);
}

describe('PacketLimit', () => {
  it('lets packets up to the limit pass, however they are cut', () => {
    const stream = Buffer.concat([publish(200), PINGREQ, publish(10), publish(0), publish(200)]);
    for (let size = 1; size < stream.length; size++) {
      const limit = new PacketLimit(200);
      for (let at = 0; at < stream.length; at += size)
        expect(limit.accepts(stream.subarray(at, at + size))).toBe(true);
    }
  });

  it('refuses a longer packet at its header, before its body', () => {
    expect(new PacketLimit(100).accepts(publish(101).subarray(0, 2))).toBe(false);
    expect(new PacketLimit(1_000).accepts(publish(100_000).subarray(0, 4))).toBe(false);
  });

  it('refuses a length of more than four bytes', () => {
    expect(new PacketLimit(1e9).accepts(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80))).toBe(false);
  });
});
