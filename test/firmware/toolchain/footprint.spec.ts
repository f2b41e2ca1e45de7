import { unwrap } from '#libs/base/result';
import { flashUse, readElf, symbolNamed } from '#libs/firmware/elf';
import { inferenceProgram } from '#libs/firmware/program';
import { build, type Build, openEngine, type TargetName } from '#libs/firmware/toolchain';
import { emulatedBoard, testWorkshop } from '#test/support/harness';
import { randomInputs } from '#test/support/random-networks';
import { residualNetwork } from '#test/support/tiny-networks';
import { referenceBytes } from '../boards/on-boards';

const graph = residualNetwork();
const { model, parameters } = unwrap(inferenceProgram(graph));
const inputs = randomInputs(graph, 3, 4);

const inferenceFor = async (target: TargetName): Promise<Build> =>
  unwrap(
    await build(testWorkshop, {
      program: 'inference',
      target,
      board: await emulatedBoard(),
      model,
      parameters,
    }),
  );

/** The C library's start-up code keeps a few variables of its own. */
const ALLOWED_RAM: Readonly<Record<TargetName, number>> = { arm: 0, wasm: 0, native: 64 };

describe.each(['arm', 'wasm', 'native'] as const)('the inference program for %s', (target) => {
  it('has no static RAM but the arena', async () => {
    const { footprint, facts } = await inferenceFor(target);
    expect(footprint.staticRamBytes).toBeGreaterThanOrEqual(facts.arenaBytes);
    expect(footprint.staticRamBytes).toBeLessThanOrEqual(facts.arenaBytes + ALLOWED_RAM[target]);
  });

  it('holds its parameters in flash, and takes jobs without them', async () => {
    const built = await inferenceFor(target);
    const result = unwrap(await openEngine(testWorkshop, built).forward({ inputs }));
    expect(built.footprint.flashBytes).toBeGreaterThan(parameters.length);
    expect(result.outputs.map((output) => [...output])).toEqual(
      inputs.map((input) => referenceBytes(graph, input)),
    );
  });

  it('is another program with other parameters', async () => {
    const other = parameters.slice();
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    const board = await emulatedBoard();
    const changed = unwrap(
      await build(testWorkshop, { program: 'inference', target, board, model, parameters: other }),
    );
    expect(changed.key).not.toBe((await inferenceFor(target)).key);
  });
});

it('an executable of 64 bits is read like one of 32', async () => {
  const elf = unwrap(readElf((await inferenceFor('native')).binary));
  expect(elf.machine).toBe(62);
  expect(symbolNamed(elf, 'fl_arena')?.size).toBe(model.facts.arenaBytes);
  expect(symbolNamed(elf, 'fl_linked_parameters')?.size).toBe(parameters.length);
  expect(flashUse(elf).sections.get('.text')).toBeGreaterThan(1_000);
});
