import fc from 'fast-check';
import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type Graph, type Op, ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { type InputValue, runGraph } from '#libs/model/reference';
import { importTflite } from '#libs/model/tflite';
import { GraphBuilder } from '#test/support/graph-builder';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork, randomInputs } from '#test/support/random-operators';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import {
  bufferOf,
  type Call,
  isRead,
  placeAll,
  type Plan,
  type PlanRequest,
  rowLayoutOf,
  rowOffset,
  scratchOf,
} from '.';

/**
 * A plan, carried out by the reference on one arena of exactly the planned size. The arena and, before every call, its scratch
 * are full of random bytes; every operand is fetched from where the plan says its rows lie, rows that are not there any more
 * (or not yet) as whatever lies there now.
 */
class Arena {
  private readonly bytes: Uint8Array;
  private readonly rng: Rng;
  /** Rows that a pool over all pixels has seen. */
  private readonly seen = new Map<number, Uint8Array>();

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
    seed: number,
  ) {
    this.rng = new Rng(seed);
    this.bytes = Uint8Array.from({ length: plan.peakBytes }, () => this.rng.below(256));
  }

  run(inputs: ReadonlyMap<TensorId, Uint8Array>): readonly Uint8Array[] {
    const { calls } = this.plan.schedule;
    const read = new Set(calls.flatMap((call) => (isRead(call) ? call.tensor : [])));
    for (const [id, value] of inputs) if (!read.has(id)) this.store(id, value);
    calls.forEach((call, time) => {
      if (isRead(call)) this.store(call.tensor, inputs.get(call.tensor)!, call.rows);
      else this.call(call, time);
    });
    return this.graph.outputs.map((id) => this.fetch(id));
  }

  private call(call: Exclude<Call, { kind: 'read' }>, time: number): void {
    const op = at(this.graph.ops, call.op);
    const [output] = ruleOf(op).outputs(op);
    const operands = [...new Set(ruleOf(op).inputs(op))].filter((id) => bufferOf(this.plan, id));
    const sums = this.rowsSeen(op, call);
    if (!sums) this.poison(time);
    if (op.kind === 'reshape' || output === undefined || sums === 'more') return;
    const values = operands.map((id) => this.typed(id, sums ?? this.fetch(id)));
    const single = { ...this.graph, ops: [op], inputs: operands, outputs: [output] };
    const result = runGraph(single, values).get(output) as Int8Array;
    this.store(
      output,
      new Uint8Array(result.buffer, result.byteOffset, result.byteLength),
      sums ? undefined : call.rows,
    );
  }

  /** All rows of a pool that takes them one by one, `more` before the last; undefined for others. */
  private rowsSeen(
    op: Op,
    { op: index, rows }: Exclude<Call, { kind: 'read' }>,
  ): Uint8Array | 'more' | undefined {
    const calls = this.plan.schedule.calls.filter((call) => !isRead(call) && call.op === index).length;
    if (op.kind !== 'averagePool2d' || !rows || tensorOf(this.graph, op.output).shape[1] !== 1 || calls === 1)
      return undefined;
    const { height, rowBytes } = rowLayoutOf(this.graph, op.input);
    const seen = this.seen.get(index) ?? new Uint8Array(height * rowBytes);
    const value = this.fetch(op.input).subarray(rows.from * rowBytes, rows.to * rowBytes);
    seen.set(value, rows.from * rowBytes);
    this.seen.set(index, seen);
    return rows.to === height ? seen : 'more';
  }

  private poison(time: number): void {
    const scratch = scratchOf(this.plan, time);
    for (let i = 0; i < (scratch?.bytes ?? 0); i++) this.bytes[scratch!.offset + i] = this.rng.below(256);
  }

  private fetch(id: TensorId): Uint8Array {
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    const value = new Uint8Array(tensorBytes(tensorOf(this.graph, id)));
    for (let y = 0; y < height; y++) {
      const offset = rowOffset(bufferOf(this.plan, id)!, y, rowBytes);
      value.set(this.bytes.subarray(offset, offset + rowBytes), y * rowBytes);
    }
    return value;
  }

  private store(
    id: TensorId,
    value: Uint8Array,
    rows?: { readonly from: number; readonly to: number },
  ): void {
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    for (let y = rows?.from ?? 0; y < (rows?.to ?? height); y++) {
      const offset = rowOffset(bufferOf(this.plan, id)!, y, rowBytes);
      this.bytes.set(value.subarray(y * rowBytes, (y + 1) * rowBytes), offset);
    }
  }

  private typed(id: TensorId, bytes: Uint8Array): InputValue {
    return tensorOf(this.graph, id).type === 'uint8' ? bytes : new Int8Array(bytes.buffer);
  }
}

const bytesOf = (value: InputValue): Uint8Array =>
  new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

function expectSameBytes(graph: Graph, request: Partial<PlanRequest>, seed: number): Plan {
  const plan = placeAll(graph, { tries: 30, looks: 1000, inputsInArena: true, ...request });
  const inputs = randomInputs(graph, seed);
  const values = runGraph(graph, inputs);
  const given = new Map(graph.inputs.map((id, i) => [id, bytesOf(at(inputs, i))] as const));
  const expected = graph.outputs.map((id) => bytesOf(values.get(id) as InputValue));
  expect(new Arena(graph, plan, seed).run(given)).toEqual(expected);
  return plan;
}

const MODES: readonly Partial<PlanRequest>[] = [
  {},
  { optimize: 'ram' },
  { optimize: 'ram', reduceByRows: true },
  { optimize: 'ram', inputRows: true },
  { inputRows: true, reduceByRows: true },
];

describe('a plan, carried out on an arena of its size full of random bytes', () => {
  it('gives the bytes of the reference in every mode', () => {
    const smaller = MODES.map(() => 0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (seed) => {
        const graph = seed % 2 === 0 ? randomNetwork(seed) : randomBranchyNetwork(seed);
        const peaks = MODES.map((mode) => expectSameBytes(graph, mode, seed).peakBytes);
        peaks.forEach((peak, mode) => (smaller[mode]! += peak < peaks[0]! ? 1 : 0));
      }),
      { numRuns: 40 },
    );
    expect(smaller.slice(1).every((count) => count > 3)).toBe(true);
  });

  it('does so for an inverted residual block, its add in the row that follows', () => {
    const builder = new GraphBuilder('residual');
    const input = builder.input([1, 12, 12, 3]);
    const stem = builder.conv('stem', input, { channels: 6, kernel: 3, stride: 1, padding: 1 });
    const wide = builder.conv('expand', stem, { channels: 24 });
    const inner = builder.depthwise('depthwise', wide, { kernel: 5, padding: 2 });
    const narrow = builder.conv('project', inner, { channels: 6 });
    const sum = builder.add('add', narrow, stem);
    const graph = builder.build(
      builder.averagePool('pool', builder.conv('last', sum, { channels: 9, kernel: 3 })),
    );
    for (const mode of MODES) expectSameBytes(graph, mode, 5);
    const plan = expectSameBytes(graph, { inputRows: true, reduceByRows: true }, 7);
    expect(plan.schedule.segments).toHaveLength(1);
    expect(bufferOf(plan, narrow)).toBe(bufferOf(plan, sum));
    expect(bufferOf(plan, inner)?.ring?.slot).toEqual({ step: 1, shift: -2 });
  });
});

for (const name of ['mlperf_kws', 'person_detect', 'mcunet_vww']) {
  const path = `models/${name}/model.tflite`;
  describeWithShared([path], `${name}, carried out on an arena of its size`, () => {
    const graph = runPasses(unwrap(importTflite(sharedBytes(path), { name })), INFERENCE_PASSES);

    it.each([
      ['its input resident', { optimize: 'ram', reduceByRows: true }],
      ['its input read row by row', { inputRows: true, reduceByRows: true }],
    ] as const)('gives the bytes of the reference, %s', (_, mode) => {
      expectSameBytes(graph, mode, 3);
    });
  });
}
