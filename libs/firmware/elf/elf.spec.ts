import { ByteWriter } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { memoryUse, readElf, symbolAddress } from '.';

const SECTIONS = [
  { name: '', type: 0, flags: 0, address: 0, content: new Uint8Array() },
  { name: '.text', type: 1, flags: 6, address: 0x100, content: new Uint8Array(40) },
  { name: '.data', type: 1, flags: 3, address: 0x20000000, content: new Uint8Array(8) },
  { name: '.bss', type: 8, flags: 3, address: 0x20000008, content: new Uint8Array(), bytes: 1000 },
  { name: '.stack', type: 8, flags: 3, address: 0x200003f0, content: new Uint8Array(), bytes: 512 },
  { name: '.comment', type: 1, flags: 0, address: 0, content: new Uint8Array(99) },
];

/** A small ELF file with one symbol, `arena` at 0x20000008, 900 bytes. */
function anElf(): Uint8Array {
  const text = (names: readonly string[]): Uint8Array =>
    new TextEncoder().encode(names.map((name) => `${name}\0`).join(''));
  const names = [...SECTIONS.map((section) => section.name), '.symtab', '.strtab', '.shstrtab'];
  const symbols = new ByteWriter();
  symbols.bytes(new Uint8Array(16));
  for (const word of [1, 0x20000008, 900, 0x30011]) symbols.u32(word);
  const all = [
    ...SECTIONS,
    { name: '.symtab', type: 2, flags: 0, address: 0, content: symbols.finish(), link: SECTIONS.length + 1 },
    { name: '.strtab', type: 3, flags: 0, address: 0, content: text(['', 'arena']) },
    { name: '.shstrtab', type: 3, flags: 0, address: 0, content: text(names) },
  ];
  const body = new ByteWriter();
  const offsets = all.map((section) => {
    const offset = 52 + body.length;
    body.bytes(section.content);
    return offset;
  });
  const file = new ByteWriter();
  for (const word of [0x464c457f, 0x00010101, 0, 0, 0x00280002, 1, 0x101, 0, 52 + body.length, 0])
    file.u32(word);
  for (const half of [52, 0, 0, 40, all.length, all.length - 1]) file.u16(half);
  file.bytes(body.finish());
  let nameOffset = 0;
  all.forEach((section, i) => {
    const bytes = 'bytes' in section ? section.bytes : section.content.length;
    const link = 'link' in section ? section.link : 0;
    for (const word of [
      nameOffset,
      section.type,
      section.flags,
      section.address,
      offsets[i]!,
      bytes,
      link,
      0,
      1,
      16,
    ])
      file.u32(word);
    nameOffset += section.name.length + 1;
  });
  return file.finish();
}

describe('a linked program', () => {
  const bytes = anElf();

  it('says what it takes of SRAM and flash', () => {
    expect(memoryUse(unwrap(readElf(bytes)))).toMatchObject({
      sramBytes: 8 + 1000 + 512,
      stackBytes: 512,
      flashBytes: 48,
    });
  });

  it('gives addresses by name', () => {
    const elf = unwrap(readElf(bytes));
    expect(elf.entry).toBe(0x101);
    expect(symbolAddress(elf, 'arena')).toBe(0x20000008);
    expect(symbolAddress(elf, 'nobody')).toBeUndefined();
  });

  it('is refused, never a crash, when cut or changed', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const result = readElf(bytes.subarray(0, length));
      expect(result.ok ? '' : result.error.code).toBe('elf.malformed');
    }
    for (let position = 0; position < bytes.length; position++) {
      for (const flip of [0x80, 0xff]) {
        const changed = bytes.slice();
        changed[position] = (changed[position] as number) ^ flip;
        expect(() => readElf(changed)).not.toThrow();
      }
    }
  });
});
