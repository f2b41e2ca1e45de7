import { ByteReader, ByteWriter, concatBytes, digestOf, equalBytes, fromHex, toHex } from '.';

describe('bytes', () => {
  it('survive hexadecimal and back, and refuse what is no hexadecimal', () => {
    expect(toHex(Uint8Array.of(0, 15, 255))).toBe('000fff');
    expect(fromHex('000Fff')).toEqual(Uint8Array.of(0, 15, 255));
    expect(fromHex('0')).toBeUndefined();
    expect(fromHex('zz')).toBeUndefined();
  });

  it('have the SHA-256 of FIPS 180-4', () => {
    expect(digestOf(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('are equal only with equal length and content', () => {
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1))).toBe(true);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
    expect(concatBytes([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])).toEqual(
      Uint8Array.of(1, 2, 3),
    );
  });
});

describe('a cursor', () => {
  it('reads what was written, little-endian', () => {
    const writer = new ByteWriter();
    writer.u8(200);
    writer.i16(-2);
    writer.align(4);
    writer.u32(0xfedcba98);
    writer.i32(-5);
    writer.f32(0.5);
    writer.bytes(new Uint8Array(1000).fill(7));
    const reader = new ByteReader(writer.finish());
    expect([reader.u8(), reader.i16()]).toEqual([200, -2]);
    reader.take(1);
    expect([reader.u32(), reader.i32(), reader.f32()]).toEqual([0xfedcba98, -5, 0.5]);
    expect(reader.take(1000).every((byte) => byte === 7)).toBe(true);
    expect(reader.remaining).toBe(0);
  });

  it('keeps every kind of number whole when the buffer grows under it', () => {
    for (const write of ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32'] as const) {
      const writer = new ByteWriter();
      for (let i = 0; i < 600; i++) writer[write](1);
      const reader = new ByteReader(writer.finish());
      for (let i = 0; i < 600; i++) expect(reader[write]()).toBe(1);
    }
  });

  it('never reads past the end', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    expect(() => reader.u32()).toThrow(RangeError);
    expect(() => reader.take(-1)).toThrow(RangeError);
    expect(reader.u8()).toBe(1);
  });
});
