import { unwrap } from '#libs/base/result';
import { type Board, boardWith } from '#libs/firmware/boards';
import { type ForwardResult, openEngine, type RunFault } from '#libs/firmware/toolchain';
import type { Result } from '#libs/base/result';
import { testWorkshop } from '#test/support/harness';
import { randomInputs } from '#test/support/random-networks';
import { residualNetwork } from '#test/support/tiny-networks';
import {
  describeEmulated,
  EMULATED,
  inferenceBuild,
  meddling,
  programOf,
  referenceBytes,
  writeTo,
} from './on-boards';

const graph = residualNetwork();
const inputs = randomInputs(graph, 2, 1);
const { model } = programOf(graph);

/** Every core that is promised. */
const CORES = ['cortex-m0plus', 'cortex-m3', 'cortex-m33', 'cortex-m4', 'cortex-m55', 'cortex-m7'];

async function run(board: Board, statement = ''): Promise<Result<ForwardResult, RunFault>> {
  const built = await inferenceBuild(graph, board, { model: meddling(model, statement) });
  return openEngine(testWorkshop, built).forward({ inputs });
}

it('there is an emulated board for every core', () => {
  expect(EMULATED.map(({ core }) => core).sort()).toEqual(CORES);
});

describeEmulated('an inference on the emulated board', () => {
  test.each(EMULATED)('$name gives the outputs of the reference', async (board) => {
    const built = await inferenceBuild(graph, board);
    const first = unwrap(await openEngine(testWorkshop, built).forward({ inputs }));
    expect(first.outputs.map((output) => [...output])).toEqual(
      inputs.map((input) => referenceBytes(graph, input)),
    );
    expect(built.footprint.staticRamBytes).toBe(built.facts.arenaBytes);
  });

  test.each(EMULATED)('$name keeps its painted stack within the bound of the call graph', async (board) => {
    const built = await inferenceBuild(graph, board);
    const { stackBytes } = unwrap(await openEngine(testWorkshop, built).forward({ inputs }));
    expect(stackBytes).toBeGreaterThan(0);
    expect(stackBytes).toBeLessThanOrEqual(built.footprint.stackBytes);
  });

  test.each(EMULATED)('$name takes the same number of instructions every time', async (board) => {
    const engine = openEngine(testWorkshop, await inferenceBuild(graph, board));
    const once = unwrap(await engine.forward({ inputs: inputs.slice(0, 1) }));
    const among = unwrap(await engine.forward({ inputs }));
    expect(once.instructions).toBeGreaterThan(20_000);
    expect(among.instructions).toBe(once.instructions);
  });

  it('runs uncounted where there is no compiler for the counter', async () => {
    const [board] = EMULATED;
    const shop = { ...testWorkshop, tools: { ...testWorkshop.tools, native: 'no-such-gcc' } };
    const built = await inferenceBuild(graph, board!);
    const result = unwrap(await openEngine(shop, built).forward({ inputs }));
    expect(result.outputs).toHaveLength(inputs.length);
    expect(result.instructions).toBeUndefined();
  });

  test.each(EMULATED)('$name shows what every operator wrote', async (board) => {
    const built = await inferenceBuild(graph, board, { trace: true });
    const { layers } = unwrap(await openEngine(testWorkshop, built).forward({ inputs }));
    expect(layers?.map((bytes) => [...bytes])).toEqual(
      built.facts.calls.map(({ tensor }) => referenceBytes(graph, inputs[0] as Int8Array, tensor)),
    );
  });

  test.each(EMULATED.filter(({ sramBudgets }) => sramBudgets !== 'none'))(
    '$name can write the last byte of its budget, and traps at the next, as it does below the stack',
    async (board) => {
      const budget = unwrap(boardWith(board, { sramBytes: 48 * 1024 }));
      const { origin } = board.memory.sram[0];
      const end = origin + 48 * 1024;
      expect(await run(budget, writeTo(end - 1))).toMatchObject({ ok: true });
      for (const address of [end, origin - 1]) {
        expect(await run(budget, writeTo(address))).toMatchObject({
          ok: false,
          error: { code: 'run.trapped', exception: 4, address },
        });
      }
    },
  );

  test.each(EMULATED.filter(({ core }) => core === 'cortex-m0plus'))(
    '$name traps an access that ARMv6-M has not',
    async (board) => {
      const odd = '*(volatile uint32_t *)(arena + (((uintptr_t)arena & 3u) ^ 1u)) = 1;';
      expect(await run(board, odd)).toMatchObject({
        ok: false,
        error: { code: 'run.trapped', exception: 3 },
      });
    },
  );
});
