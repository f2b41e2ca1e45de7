import { crc32 } from './crc32';
import { factoryFlash, FLASH_MAP, readIdentity, samplesOffset, SECTOR_BYTES, slotOffset } from '.';
import { encodeRecord, readRecord } from './record';

const MAGIC = 0x12345678;
const payload = Uint8Array.of(1, 2, 3, 4);
const board = {
  uid: new Uint8Array(8).fill(1),
  entropy: new Uint8Array(16).fill(2),
  sramBytes: 65_536,
  flashBytes: 1 << 20,
  slotBytes: 8_192,
  board: 'virtual-m4',
  core: 'cortex-m4',
  label: 'kitchen',
  token: 'tok.secret',
};

describe('a flash record', () => {
  it('has the CRC of zlib', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('is read back, and is gone when any of its bytes has changed', () => {
    const sectors = encodeRecord(MAGIC, payload);
    expect(readRecord(sectors, 0, MAGIC)).toEqual(payload);
    for (let i = 0; i < 16 + payload.length; i++) {
      const changed = sectors.slice();
      changed[i] = (changed[i] as number) ^ 1;
      expect(readRecord(changed, 0, MAGIC)).toBeUndefined();
    }
  });

  it('is the newer of two valid copies', () => {
    const first = encodeRecord(MAGIC, payload);
    const both = first.slice();
    both.set(first.subarray(0, SECTOR_BYTES), SECTOR_BYTES);
    const newer = new DataView(both.buffer, SECTOR_BYTES);
    newer.setUint32(4, 2, true);
    newer.setUint32(16, 99, true);
    const content = [
      ...both.subarray(SECTOR_BYTES, SECTOR_BYTES + 12),
      ...both.subarray(SECTOR_BYTES + 16, SECTOR_BYTES + 20),
    ];
    newer.setUint32(12, crc32(Uint8Array.from(content)), true);
    expect(readRecord(both, 0, MAGIC)?.[0]).toBe(99);
  });
});

describe('factory flash', () => {
  it('is blank but for provisioning and samples', () => {
    const samples = {
      classes: 2,
      itemBytes: 3,
      adaptCount: 1,
      scale: 1,
      zeroPoint: 0,
      labels: Uint8Array.of(1, 0),
      elements: Int8Array.of(-1, 2, -3, 4, 5, 6),
    };
    const flash = factoryFlash(board, samples);
    expect(flash.subarray(FLASH_MAP.identity, slotOffset(2, 8_192)).every((byte) => byte === 0xff)).toBe(
      true,
    );
    const log = flash.subarray(samplesOffset(8_192));
    expect([...log.subarray(24, 40)]).toEqual([1, 0, 0, 0, 255, 2, 253, 0, 0, 0, 0, 0, 4, 5, 6, 0]);
    expect(readIdentity(flash)).toBeUndefined();
  });

  it('refuses texts that do not fit their fields', () => {
    expect(() => factoryFlash({ ...board, label: 'x'.repeat(36) }, undefined)).toThrow('35 bytes');
  });
});
