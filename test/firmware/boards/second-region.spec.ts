import { unwrap } from '#libs/base/result';
import { arenaBudget, type Board, boardWith, parseBoard } from '#libs/firmware/boards';
import { build, openEngine } from '#libs/firmware/toolchain';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { testWorkshop } from '#test/support/harness';
import { randomInputs } from '#test/support/random-networks';
import {
  describeEmulated,
  descriptionOf,
  inferenceBuild,
  meddling,
  programOf,
  referenceBytes,
  writeTo,
} from './on-boards';

const KIB = 1024;
const MAIN = { name: 'dtcm', origin: '0x30000000', bytes: 16 * KIB };
const OTHER = { name: 'sram', origin: '0x31000000', bytes: 64 * KIB };

/** An AN547 whose tightly coupled memory is as small as on little parts: the arena does not fit beside the stack. */
const small: Board = unwrap(
  parseBoard({
    ...descriptionOf('mps3-an547'),
    memory: { ...(descriptionOf('mps3-an547')['memory'] as object), sram: [MAIN, OTHER] },
    defaultBudget: { sramBytes: MAIN.bytes + OTHER.bytes, flashBytes: 1024 * KIB },
  }),
);

const graph = kwsDigitsGraph();
const program = programOf(graph);
const inputs = randomInputs(graph, 1, 1);

describeEmulated('an arena that does not fit the main region', () => {
  it('lies in the next one, and the model runs there', async () => {
    const built = await inferenceBuild(graph, small);
    const regions = built.fit?.regions.map(({ name, kind, usedBytes }) => [name, kind, usedBytes]);
    const result = unwrap(await openEngine(testWorkshop, built).forward({ inputs }));
    expect(regions?.slice(0, 2)).toEqual([
      ['dtcm', 'sram', 2048],
      ['sram', 'sram', program.model.facts.arenaBytes],
    ]);
    expect(result.outputs.map((output) => [...output])).toEqual(
      inputs.map((input) => referenceBytes(graph, input)),
    );
  });

  it('ends where the budget ends: the byte after it traps', async () => {
    const budget = unwrap(boardWith(small, { sramBytes: MAIN.bytes + 48 * KIB }));
    const end = Number(OTHER.origin) + 48 * KIB;
    const run = async (address: number) => {
      const model = meddling(program.model, writeTo(address));
      return openEngine(testWorkshop, await inferenceBuild(graph, budget, { model })).forward({ inputs });
    };
    expect(await run(end - 1)).toMatchObject({ ok: true });
    expect(await run(end)).toMatchObject({ ok: false, error: { code: 'run.trapped', address: end } });
  });

  it('is refused where no region has room, with what would help', async () => {
    const budget = unwrap(boardWith(small, { sramBytes: MAIN.bytes }));
    expect(arenaBudget(budget)).toBeLessThan(program.model.facts.arenaBytes);
    const { model, parameters } = program;
    const result = await build(testWorkshop, {
      program: 'inference',
      target: 'arm',
      board: budget,
      model,
      parameters,
    });
    expect(result).toMatchObject({ ok: false, error: { code: 'build.does-not-fit', region: 'SRAM' } });
    expect(!result.ok && result.error.message).toMatch(/an SRAM budget of \d+ bytes.*the region sram/);
  });
});
