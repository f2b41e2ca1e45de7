import { unwrap } from '#libs/base/result';
import { type Board, boardWith } from '#libs/firmware/boards';
import { build, type Build, certificateText, type FitCertificate, loadBoard } from '#libs/firmware/toolchain';
import { trainingGraph } from '#libs/model/passes';
import { prepare, testWorkshop } from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';

const KIB = 1024;
const inference = kwsDigitsGraph();
const { model } = prepare(unwrap(trainingGraph(inference, KWS_SCHEMES.sparse)), inference);

const boardNamed = async (name: string, sramBytes: number, flashBytes?: number): Promise<Board> =>
  unwrap(
    boardWith(unwrap(await loadBoard(testWorkshop, name)), {
      sramBytes,
      ...(flashBytes === undefined ? {} : { flashBytes }),
    }),
  );

const deviceOn = async (board: Board) =>
  build(testWorkshop, { program: 'device', target: 'arm', board, model });

async function certificate(name = 'virtual-m4'): Promise<readonly [Build, FitCertificate]> {
  const built = unwrap(await deviceOn(await boardNamed(name, 64 * KIB)));
  expect(built.fit).toBeDefined();
  return [built, built.fit as FitCertificate];
}

const sum = (figures: readonly { readonly bytes: number }[]): number =>
  figures.reduce((total, { bytes }) => total + bytes, 0);

describe('the certificate of a device program', () => {
  it('accounts for every byte of every region', async () => {
    const [built, { regions, flashBytes, ramBytes }] = await certificate();
    for (const { figures, usedBytes, marginBytes, budgetBytes } of regions) {
      expect(sum(figures)).toBe(usedBytes);
      expect(usedBytes + marginBytes).toBe(budgetBytes);
    }
    expect(regions.map(({ name, usedBytes }) => [name, usedBytes])).toEqual([
      ['sram', ramBytes],
      ['flash', flashBytes],
    ]);
    expect(regions[0]?.budgetBytes).toBe(built.board.budget.sramBytes);
  });

  it('names the variables of runtime and network, which keep within their reserve', async () => {
    const [, { reserve }] = await certificate();
    expect(sum(reserve.figures)).toBe(reserve.usedBytes);
    expect(reserve.marginBytes).toBeGreaterThan(0);
    expect(reserve.figures).toContainEqual(
      expect.objectContaining({ what: 'device', from: 'symbol device of main.c' }),
    );
    expect(reserve.figures).toContainEqual(
      expect.objectContaining({ what: 'received', from: 'symbol received of hal.c' }),
    );
  });

  it('adds interrupts and traps to the deepest calls, and says which calls those are', async () => {
    const [, { stack, stackBound }] = await certificate();
    expect(stack.needBytes).toBe(stackBound.bytes + 2 * 36);
    expect(stack.needBytes + stack.marginBytes).toBe(stack.reservedBytes);
    expect(stack.figures[0]?.from).toContain('gcc call graph: fl_reset > main > ');
    expect(stack.figures[1]?.from).toContain('board_');
  });

  it('reads as a page of text, and keeps all its figures as JSON', async () => {
    const [, fit] = await certificate('mps2-an505');
    const text = certificateText(fit);
    expect(text.split('\n').length).toBeLessThan(66);
    for (const word of ['fits', 'symbol fl_arena', 'section .text', 'margin', 'secure state']) {
      expect(text).toContain(word);
    }
    expect(JSON.parse(JSON.stringify(fit))).toEqual(fit);
  });
});

describe('a build over budget', () => {
  it('fails with the bytes that are missing in SRAM, and what would help', async () => {
    const [, { ramBytes }] = await certificate();
    const result = await deviceOn(await boardNamed('virtual-m4', 32 * KIB));
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'build.does-not-fit', region: 'SRAM', overflowBytes: ramBytes - 32 * KIB },
    });
    expect(!result.ok && result.error.message).toContain(`an SRAM budget of ${48 * KIB} bytes`);
    expect(!result.ok && result.error.message).toContain('a smaller scheme');
  });

  it('fails with the bytes that are missing in flash, and what would help', async () => {
    const [, { flashBytes }] = await certificate();
    const result = await deviceOn(await boardNamed('virtual-m4', 64 * KIB, 16 * KIB));
    expect(result).toMatchObject({ ok: false, error: { code: 'build.does-not-fit', region: 'FLASH' } });
    expect(!result.ok && result.error.message).toContain(`a flash budget of ${flashBytes} bytes`);
  });

  it('lists every region that is too small', async () => {
    const result = await deviceOn(await boardNamed('virtual-m4', 32 * KIB, 16 * KIB));
    const overflows = [
      expect.objectContaining({ region: 'FLASH' }),
      expect.objectContaining({ region: 'SRAM' }),
    ];
    expect(result).toMatchObject({ error: { overflows: expect.arrayContaining(overflows) as unknown } });
  });
});
