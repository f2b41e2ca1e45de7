import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import { flashUse, memoryUse, ramUse, readElf, symbolNamed } from '#libs/firmware/elf';
import { trainingGraph } from '#libs/model/passes';
import { buildHarness, prepare } from '#test/support/harness';
import { residualNetwork } from '#test/support/tiny-networks';

const inference = residualNetwork();
const graph = unwrap(trainingGraph(inference, { name: 'last', biasLayers: 0, weightLayers: [] }));
const { model } = prepare(graph, inference);
const linked = (async () => (await buildHarness('arm', model)).binary)();

describe('an ELF file that the linker made', () => {
  it('is an ARM program that starts in flash with stack and reset vector', async () => {
    const elf = unwrap(readElf(await linked));
    const first = elf.segments.find(({ physicalAddress }) => physicalAddress === 0);
    const vectors = new DataView(first!.bytes.buffer, first!.bytes.byteOffset);
    expect(elf.machine).toBe(40);
    expect(vectors.getUint32(0, true)).toBe(symbolNamed(elf, '__stack_top')?.value);
    expect(vectors.getUint32(4, true)).toBe((symbolNamed(elf, 'fl_reset')?.value ?? 0) | 1);
    expect(elf.entry & ~1).toBe((symbolNamed(elf, 'fl_reset')?.value ?? 0) & ~1);
  });

  it('takes stack, variables and arena of SRAM, code and constants of flash', async () => {
    const elf = unwrap(readElf(await linked));
    const arena = symbolNamed(elf, 'fl_arena')?.size ?? 0;
    expect(arena).toBe(model.facts.arenaBytes);
    expect(ramUse(elf)).toMatchObject({ stackBytes: 2048, dataBytes: 0 });
    expect(ramUse(elf).totalBytes).toBeGreaterThanOrEqual(arena + 2048);
    expect([...flashUse(elf).sections.keys()]).toEqual(['.vectors', '.text', '.rodata']);
    expect(memoryUse(elf)).toEqual({
      sramBytes: ramUse(elf).totalBytes,
      stackBytes: 2048,
      flashBytes: flashUse(elf).totalBytes,
    });
  });

  it('is refused, never a crash, when it is cut or a byte of it is another', async () => {
    const bytes = await linked;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(readElf(bytes.subarray(0, length))).toMatchObject({
          ok: false,
          error: { code: 'elf.malformed' },
        });
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (position, value) => {
        expect(() => readElf(bytes.with(position, value))).not.toThrow();
      }),
    );
  });
});
