import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { boardWith } from '#libs/firmware/boards';
import { build, buildMany, type BuildRequest, type Exec, nodeExec, workshop } from '#libs/firmware/toolchain';
import { inferenceProgram } from '#libs/firmware/program';
import { emulatedBoard, testWorkshop } from '#test/support/harness';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';

const DEVICES = 1_000;
const SIZES = [64, 80, 96, 128] as const;
const programs = [residualNetwork(), shortcutNetwork()].map((graph) => unwrap(inferenceProgram(graph)));

const cache = mkdtempSync(join(tmpdir(), 'fleetlearn-many-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** What was asked of the compiler. */
class CountingExec implements Exec {
  readonly calls: (readonly string[])[] = [];
  run: Exec['run'] = (command, args, options) => {
    this.calls.push(args);
    return nodeExec.run(command, args, options);
  };

  compilesOf(file: string): number {
    return this.calls.filter((args) => args.some((arg) => arg.endsWith(`/${file}`))).length;
  }

  get links(): number {
    return this.calls.filter((args) => args.includes('-nostdlib')).length;
  }
}

/** Two models on four kinds of devices: eight configurations. */
async function requests(): Promise<readonly BuildRequest[]> {
  const board = await emulatedBoard();
  const kinds = SIZES.map((kib) => unwrap(boardWith(board, { sramBytes: kib * 1024 })));
  return Array.from({ length: DEVICES }, (_, device) => {
    const { model, parameters } = programs[device % 2]!;
    const kind = kinds[Math.floor(device / 2) % kinds.length]!;
    return { program: 'inference', target: 'arm', board: kind, model, parameters };
  });
}

describe('programs for 1,000 devices in 8 configurations', () => {
  it('take 8 builds, which compile each model once', async () => {
    const exec = new CountingExec();
    const shop = workshop({ templates: testWorkshop.templates, cache }, { exec });
    const built = (await buildMany(shop, await requests())).map((result) => unwrap(result));
    expect(built).toHaveLength(DEVICES);
    expect(new Set(built.map(({ key }) => key)).size).toBe(8);
    expect(exec.links).toBe(8);
    expect(exec.compilesOf('model.c')).toBe(programs.length);
    expect(exec.compilesOf('startup.c')).toBe(1);
  }, 60_000);

  it('take half a second each where everything was compiled before', async () => {
    const exec = new CountingExec();
    const shop = workshop({ templates: testWorkshop.templates, cache }, { exec });
    const [request] = await requests();
    await build(shop, request!);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      expect(unwrap(await build(shop, request!)).compiled).toBe(0);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(500);
    expect(exec.links).toBe(0);
  });
});
