import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { digestOf } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';
import {
  build,
  type BuildRequest,
  loadBoard,
  type TargetName,
  workshop,
  type Workshop,
} from '#libs/firmware/toolchain';
import { trainingGraph } from '#libs/model/passes';
import { emulatedBoard, prepare, testWorkshop } from '#test/support/harness';
import { residualNetwork } from '#test/support/tiny-networks';

const inference = residualNetwork();
const graph = unwrap(trainingGraph(inference, { name: 'last', biasLayers: 0, weightLayers: [] }));
const { model } = prepare(graph, inference);
const targets: readonly TargetName[] = ['arm', 'wasm', 'native'];

const folders: string[] = [];
/** A workshop that nobody has used. */
function emptyWorkshop(parts: Partial<Workshop> = {}): Workshop {
  const cache = mkdtempSync(join(tmpdir(), 'fleetlearn-cache-'));
  folders.push(cache);
  return workshop({ templates: resolve(__dirname, '../../../firmware-templates'), cache }, parts);
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const usedWorkshop = emptyWorkshop();

const request = async (target: TargetName, candidate: GeneratedModel = model): Promise<BuildRequest> => ({
  program: 'harness',
  target,
  board: await emulatedBoard(),
  model: candidate,
});

const MINUTE = 60_000;

describe('build', () => {
  it(
    'compiles every file once: a second build takes all from the store and gives the same bytes',
    async () => {
      const first = unwrap(await build(usedWorkshop, await request('arm')));
      const second = unwrap(await build(usedWorkshop, await request('arm')));
      expect(first.compiled).toBeGreaterThan(25);
      expect(second.compiled).toBe(0);
      expect(digestOf(second.binary)).toBe(digestOf(first.binary));
    },
    MINUTE,
  );

  it('compiles no kernel again for another model', async () => {
    const training = (name: string, layers: readonly number[]): GeneratedModel => {
      const scheme = { name, biasLayers: 4, weightLayers: layers.map((layer) => ({ layer, ratio: 1 })) };
      return prepare(unwrap(trainingGraph(inference, scheme)), inference).model;
    };
    const first = unwrap(await build(usedWorkshop, await request('arm', training('all', [0, 1, 2, 3]))));
    const second = unwrap(await build(usedWorkshop, await request('arm', training('most', [0, 1, 2]))));
    expect(second.compiled).toBeGreaterThan(0);
    expect(second.compiled).toBeLessThan(9);
    expect(second.key).not.toBe(first.key);
  });

  test.each(targets)(
    'gives the same bytes wherever it runs: %s',
    async (target) => {
      const here = unwrap(await build(testWorkshop, await request(target)));
      const there = unwrap(
        await build(target === 'arm' ? usedWorkshop : emptyWorkshop(), await request(target)),
      );
      expect(digestOf(there.binary)).toBe(digestOf(here.binary));
      expect(there.key).toBe(here.key);
    },
    MINUTE,
  );

  test.each(targets)('has no warnings for %s', async (target) => {
    expect(unwrap(await build(testWorkshop, await request(target))).warnings).toBe('');
  });

  it('links the virtual board with the layout of the emulated one', async () => {
    const board = unwrap(await loadBoard(testWorkshop, 'virtual-m4'));
    const built = unwrap(await build(testWorkshop, { program: 'harness', target: 'arm', board, model }));
    expect(built.fit?.ramBudgetBytes).toBe(board.budget.sramBytes);
  });

  test.each([
    ['arm', 'no-such-arm-gcc'],
    ['wasm', 'no-such-clang'],
    ['native', 'no-such-gcc'],
  ] as const)('says which compiler is missing for %s', async (target, compiler) => {
    const tools = { ...testWorkshop.tools, [target]: compiler };
    const result = await build(emptyWorkshop({ tools }), await request(target));
    expect(result).toMatchObject({ ok: false, error: { code: 'build.compiler-missing', compiler } });
  });

  it('says which linker is missing', async () => {
    const tools = { ...testWorkshop.tools, wasmLinker: 'no-such-linker' };
    const result = await build(emptyWorkshop({ tools }), await request('wasm'));
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'build.compiler-missing', compiler: 'no-such-linker' },
    });
  });

  it('hands on what the compiler said', async () => {
    const files = model.files.map(({ path, text }) => ({
      path,
      text: path === 'model.c' ? `${text}\nthis is no C\n` : text,
    }));
    const result = await build(testWorkshop, await request('arm', { ...model, files }));
    expect(result).toMatchObject({ ok: false, error: { code: 'build.failed' } });
    expect(!result.ok && 'log' in result.error && result.error.log).toContain('model.c');
  });

  it('refuses a board whose name is a path', async () => {
    expect(await loadBoard(testWorkshop, '../boards/virtual-m4')).toMatchObject({
      error: { code: 'board.bad-description' },
    });
  });
});
