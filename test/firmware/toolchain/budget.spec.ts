import { type Result, unwrap } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';
import {
  build,
  type Build,
  type BuildFault,
  type ForwardResult,
  openEngine,
  type RunFault,
} from '#libs/firmware/toolchain';
import { trainingGraph } from '#libs/model/passes';
import { emulatedBoard, prepare, testWorkshop } from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { randomInputs } from '#test/support/random-networks';

const inference = kwsDigitsGraph();
const { model, parameters } = prepare(unwrap(trainingGraph(inference, KWS_SCHEMES.sparse)), inference);
const SRAM = 0x20000000;
const KIB = 1024;

async function armBuild(candidate: GeneratedModel, sramBytes: number): Promise<Result<Build, BuildFault>> {
  return build(testWorkshop, {
    program: 'harness',
    target: 'arm',
    board: await emulatedBoard(sramBytes),
    model: candidate,
  });
}

/** The model with a statement before everything else it does. */
function meddling(statement: string): GeneratedModel {
  const head = /(void fl_model_forward\([^)]*\) \{)/;
  const files = model.files.map(({ path, text }) => ({
    path,
    text: text.replace(head, `$1\n  ${statement}`),
  }));
  return { ...model, files };
}

async function run(candidate: GeneratedModel, sramBytes: number): Promise<Result<ForwardResult, RunFault>> {
  const built = unwrap(await armBuild(candidate, sramBytes));
  return openEngine(testWorkshop, built).forward({ parameters, inputs: randomInputs(inference, 1, 1) });
}

const writeTo = (address: number): GeneratedModel =>
  meddling(`*(volatile uint8_t *)0x${address.toString(16)}u = 1;`);

describe('the SRAM budget', () => {
  const budget = 64 * KIB;

  it('is enforced by the linker, which says how many bytes are missing', async () => {
    const { fit } = unwrap(await armBuild(model, budget));
    const result = await armBuild(model, 40 * KIB);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'build.does-not-fit', region: 'SRAM', overflowBytes: (fit?.ramBytes ?? 0) - 40 * KIB },
    });
  });

  it('is enforced on the running board: the last byte can be written', async () => {
    expect(await run(writeTo(SRAM + budget - 1), budget)).toMatchObject({ ok: true });
  });

  test.each([56, 64, 80, 112, 128, 192, 512])(
    'is enforced on the running board: the byte after %i KB traps',
    async (kib) => {
      const address = SRAM + kib * KIB;
      const error = { code: 'run.trapped', exception: 4, address };
      expect(await run(writeTo(address), kib * KIB)).toMatchObject({ ok: false, error });
    },
  );

  it('ends the stack: the byte before it traps', async () => {
    const error = { code: 'run.trapped', exception: 4, address: SRAM - 1 };
    expect(await run(writeTo(SRAM - 1), budget)).toMatchObject({ ok: false, error });
  });

  it('lets nobody write to code, nor run what lies in RAM', async () => {
    expect(await run(writeTo(0x100), budget)).toMatchObject({
      ok: false,
      error: { code: 'run.trapped', exception: 4 },
    });
    const jump = meddling(`((void (*)(void))(uintptr_t)(0x${(SRAM + 1).toString(16)}u))();`);
    expect(await armBuild(jump, budget)).toMatchObject({
      ok: false,
      error: { code: 'build.broken-promise' },
    });
  });
});

describe('the fit certificate', () => {
  it('counts every byte of SRAM from the linked file', async () => {
    const { fit } = unwrap(await armBuild(model, 64 * KIB));
    expect(fit).toMatchObject({
      arenaBytes: model.facts.arenaBytes,
      ramBudgetBytes: 64 * KIB,
      stackBytes: 2048,
    });
    expect(fit?.ramBytes).toBe((fit?.arenaBytes ?? 0) + (fit?.stackBytes ?? 0) + (fit?.staticBytes ?? 0));
  });

  it('bounds the stack, and the painted stack of a run keeps within the bound', async () => {
    const built = unwrap(await armBuild(model, 64 * KIB));
    const result = unwrap(
      await openEngine(testWorkshop, built).forward({ parameters, inputs: randomInputs(inference, 2, 1) }),
    );
    expect(built.fit?.stackBound.doubts).toEqual([]);
    expect(result.stackBytes).toBeGreaterThan(0);
    expect(result.stackBytes).toBeLessThanOrEqual(built.fit?.stackBound.bytes ?? 0);
  });

  it('refuses a program whose calls could overflow the stack', async () => {
    const deep = meddling('volatile uint8_t large[4000]; large[0] = 1; (void)large[0];');
    const result = await armBuild(deep, 64 * KIB);
    expect(result).toMatchObject({ ok: false, error: { code: 'build.broken-promise' } });
  });

  it('refuses a program whose static variables outgrow their reserve', async () => {
    const grabbing = meddling('extern uint8_t hoard[9000]; hoard[1] = 1;');
    const files = grabbing.files.map(({ path, text }) =>
      path === 'model.c' ? { path, text: `${text}\nuint8_t hoard[9000];\n` } : { path, text },
    );
    const error = { code: 'build.broken-promise' };
    expect(await armBuild({ ...grabbing, files }, 128 * KIB)).toMatchObject({ ok: false, error });
  });
});
