import { equalBytes } from '#libs/base/bytes';
import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type Column, formatTable, type Row } from '#libs/base/table';
import { type Board, boardWith, sramBytesOf } from '#libs/firmware/boards';
import { type GeneratedModel, packParameters } from '#libs/firmware/codegen';
import { inferenceProgram, stepProgram } from '#libs/firmware/program';
import { build, type Engine, wasmEngine } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { rateOf } from '#libs/model/quant';
import { boardCalled, orThrow, schemeCalled, shop } from '../compile-model';
import type { GoldenModel } from './golden-models';

/** Vectors must be worth this many times the scalar build, in every network. */
export const VECTOR_BAR = 1.5;

const ROUNDS = 9;
/** Not counted: the engine compiles what runs often again. */
const WARM_UP = 3;
/** One round takes about as long. */
const ROUND_MS = 40;

/** A piece of work in both builds: it returns the bytes that it left. */
interface Contest {
  readonly what: string;
  /** What must come out, where that is known. */
  readonly golden?: Uint8Array;
  readonly vectors: Work;
  readonly scalar: Work;
}

/** Does something `count` times. */
type Work = (count: number) => Promise<Uint8Array>;

/** How long one of them takes in both builds. */
export interface VectorTimes {
  readonly what: string;
  readonly vectorsMs: number;
  readonly scalarMs: number;
  /** Both left the same bytes, where there are golden ones those, in every round. */
  readonly isExact: boolean;
}

/**
 * WebAssembly with vectors (simd128) beside the same code without, for inference of golden models and one training step: medians
 * of rounds that take turns.
 */
export async function vectorTimes(
  golden: readonly GoldenModel[],
  factory: Graph,
): Promise<readonly VectorTimes[]> {
  const board = await roomyBoard();
  const times: VectorTimes[] = [];
  for (const model of golden) times.push(await raced(await inferenceContest(model, board)));
  times.push(await raced(await trainingContest(factory, board)));
  return times;
}

async function roomyBoard(): Promise<Board> {
  const board = await boardCalled('virtual-m4');
  const { flash } = board.memory;
  return orThrow(boardWith(board, { sramBytes: sramBytesOf(board), flashBytes: flash.bytes }));
}

async function engineOf(model: GeneratedModel, board: Board, scalar: boolean): Promise<Engine> {
  return wasmEngine(orThrow(await build(shop, { program: 'harness', target: 'wasm', board, model, scalar })));
}

async function inferenceContest({ name, inference, cases }: GoldenModel, board: Board): Promise<Contest> {
  const { model, parameters } = orThrow(inferenceProgram(inference));
  const wanted = at(cases, 0);
  const work = async (scalar: boolean): Promise<Work> => {
    const engine = await engineOf(model, board, scalar);
    return async (count) => {
      const inputs = Array.from({ length: count }, () => wanted.input);
      const { outputs } = orThrow(await engine.forward({ parameters, inputs }));
      const wrong = outputs.find((output) => !equalBytes(output, wanted.output));
      return wrong ?? wanted.output;
    };
  };
  const [vectors, scalar] = [await work(false), await work(true)];
  return { what: `${name}, inference`, golden: wanted.output, vectors, scalar };
}

const RATE = 0.02;
const INPUTS = 20;
/** What the demo's middling devices train. */
const SCHEME = 'sparse';

async function trainingContest(inference: Graph, board: Board): Promise<Contest> {
  const { model } = orThrow(stepProgram(inference, schemeCalled(inference, SCHEME)));
  const parameters = packParameters(inference);
  const { inputBytes, training } = model.facts;
  const rng = new Rng(1);
  const inputs = Array.from({ length: INPUTS }, () =>
    Int8Array.from({ length: inputBytes }, () => rng.below(256) - 128),
  );
  const rate = rateOf(RATE);
  const rates = [{ firstStep: 0, weights: rate, bias: rate, head: rate }];
  const work = async (scalar: boolean): Promise<Work> => {
    const engine = await engineOf(model, board, scalar);
    return async (count) => {
      const steps = Array.from({ length: count }, (_, i) => ({
        input: i % INPUTS,
        label: i % (training?.classes ?? 1),
      }));
      const result = orThrow(await engine.train({ parameters, inputs, steps, seed: 7, rates }));
      return result.state;
    };
  };
  return {
    what: `${inference.name}, training step`,
    vectors: await work(false),
    scalar: await work(true),
  };
}

/** Both builds in turn, so that what else the machine does meets both. */
async function raced({ what, golden, vectors, scalar }: Contest): Promise<VectorTimes> {
  const count = await countFor(scalar);
  const times = { vectors: [] as number[], scalar: [] as number[] };
  let isExact = true;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const fast = await timed(vectors, count);
    const slow = await timed(scalar, count);
    isExact &&= equalBytes(fast.bytes, slow.bytes) && equalBytes(fast.bytes, golden ?? fast.bytes);
    if (round < WARM_UP) continue;
    times.vectors.push(fast.ms);
    times.scalar.push(slow.ms);
  }
  return { what, vectorsMs: median(times.vectors), scalarMs: median(times.scalar), isExact };
}

/** So often that a round takes about ROUND_MS. */
async function countFor(work: Work): Promise<number> {
  const { ms } = await timed(work, 4);
  return Math.max(4, Math.ceil(ROUND_MS / ms));
}

async function timed(
  work: Work,
  count: number,
): Promise<{ readonly ms: number; readonly bytes: Uint8Array }> {
  const start = performance.now();
  const bytes = await work(count);
  return { ms: (performance.now() - start) / count, bytes };
}

const median = (values: readonly number[]): number =>
  at(
    [...values].sort((a, b) => a - b),
    Math.floor(values.length / 2),
  );

const COLUMNS: readonly Column[] = [
  { title: 'WebAssembly, ms', align: 'left' },
  { title: 'scalar', align: 'right' },
  { title: 'vectors', align: 'right' },
  { title: 'ratio', align: 'right' },
  { title: 'bar', align: 'right' },
  { title: '', align: 'left' },
  { title: 'bytes', align: 'left' },
];

export function vectorTable(times: readonly VectorTimes[]): string {
  const rows = times.map(({ what, vectorsMs, scalarMs, isExact }): Row => {
    const ratio = scalarMs / vectorsMs;
    return [
      what,
      scalarMs.toFixed(3),
      vectorsMs.toFixed(3),
      ratio.toFixed(2),
      VECTOR_BAR.toFixed(2),
      ratio >= VECTOR_BAR ? 'met' : 'MISSED',
      isExact ? 'the same' : 'DIFFERENT',
    ];
  });
  return formatTable(COLUMNS, rows);
}
