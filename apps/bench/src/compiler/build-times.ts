import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTable, grouped, type Row } from '#libs/base/table';
import { type Board, boardWith } from '#libs/firmware/boards';
import type { GeneratedModel } from '#libs/firmware/codegen';
import { inferenceProgram, trainingProgram } from '#libs/firmware/program';
import { build, type Build, type Workshop } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { boardCalled, FACTORY_MODEL, orThrow, readInference, shop } from '../compile-model';

const BOARDS = ['mps2-an386', 'mps2-an500'];
const KILOBYTES = [64, 80, 96, 128];

/** How long builds take with an empty cache and a full one, and how many compiles a fleet needs. Prints as it goes. */
export async function benchBuilds(devices: number, print: (text: string) => void): Promise<void> {
  print(await withEmptyCache(timesTable));
  print(await withEmptyCache((counting) => fleetText(counting, devices)));
}

async function withEmptyCache<T>(work: (counting: CompileCounter) => Promise<T>): Promise<T> {
  const cache = await mkdtemp(join(tmpdir(), 'fleetlearn-bench-'));
  try {
    return await work(new CompileCounter({ ...shop, cache }));
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

/** A workshop that counts compilations of generated models. */
class CompileCounter {
  models = 0;
  files = 0;
  readonly shop: Workshop;

  constructor(inner: Workshop) {
    this.shop = {
      ...inner,
      exec: {
        run: (command, args, options) => {
          if (args.includes('-c')) this.files += 1;
          if (args.includes('-c') && args.some((word) => word.endsWith('/model.c'))) this.models += 1;
          return inner.exec.run(command, args, options);
        },
      },
    };
  }
}

interface Stage {
  readonly ms: number;
  readonly build: Build;
}

async function timesTable({ shop: fresh }: CompileCounter): Promise<string> {
  const inference = readInference(FACTORY_MODEL);
  const board = await boardCalled('mps2-an386');
  const rows: Row[] = [];
  for (const [what, make] of [
    ['inference', inferenceBuild],
    ['training, device program', trainingBuild],
  ] as const) {
    const cold = await timed(() => make(fresh, inference, board));
    const warm = await timed(() => make(fresh, inference, board));
    rows.push([what, ...[cold, warm].map(({ ms }) => grouped(Math.round(ms))), grouped(cold.build.compiled)]);
  }
  return formatTable(
    [
      { title: 'build of kws-digits for mps2-an386, ms', align: 'left' },
      { title: 'cold', align: 'right' },
      { title: 'warm', align: 'right' },
      { title: 'files compiled', align: 'right' },
    ],
    rows,
  );
}

async function timed(work: () => Promise<Build>): Promise<Stage> {
  const start = performance.now();
  const made = await work();
  return { ms: performance.now() - start, build: made };
}

/** From a graph to a certified ELF: planned, generated, compiled, linked, read back. */
async function inferenceBuild(workshop: Workshop, inference: Graph, board: Board): Promise<Build> {
  const { model, parameters } = orThrow(inferenceProgram(inference));
  return orThrow(await build(workshop, { program: 'inference', target: 'arm', board, model, parameters }));
}

async function trainingBuild(workshop: Workshop, inference: Graph, board: Board): Promise<Build> {
  const { model } = orThrow(trainingProgram(inference, board));
  return deviceBuild(workshop, model, board);
}

const deviceBuild = async (workshop: Workshop, model: GeneratedModel, board: Board): Promise<Build> =>
  orThrow(await build(workshop, { program: 'device', target: 'arm', board, model }));

/** Every device asks for its build; the cache of objects and programs answers all but the first of a configuration. */
async function fleetText(counter: CompileCounter, devices: number): Promise<string> {
  const inference = readInference(FACTORY_MODEL);
  const configurations = await Promise.all(
    BOARDS.flatMap((name) => KILOBYTES.map((kilobytes) => configuration(inference, name, kilobytes))),
  );
  const start = performance.now();
  let busy = 0;
  for (let device = 0; device < devices; device++) {
    const { board, model } = configurations[device % configurations.length]!;
    const { compiled } = await deviceBuild(counter.shop, model, board);
    if (compiled > 0) busy += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  return (
    `firmware for ${grouped(devices)} devices in ${configurations.length} configurations: ` +
    `${counter.models} models compiled in ${busy} builds that compiled anything (${counter.files} files), ` +
    `${seconds.toFixed(1)} s (${Math.round((1000 * seconds) / devices)} ms a device)`
  );
}

async function configuration(inference: Graph, name: string, kilobytes: number) {
  const board = orThrow(boardWith(await boardCalled(name), { sramBytes: kilobytes * 1024 }));
  return { board, model: orThrow(trainingProgram(inference, board)).model };
}
