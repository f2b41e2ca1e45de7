import fc from 'fast-check';
import { at, unwrap } from '#libs/base/result';
import {
  bufferOf,
  type Call,
  isRead,
  placeAll,
  type Plan,
  type PlannedBuffer,
  rowOffset,
  type Schedule,
} from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork } from '#test/support/random-operators';
import { generate, type GeneratedModel, parameterLayout, readsRows } from '.';
import { loopCalls, type Part, partsOf } from './model/parts';
import { distanceText } from './model/row-text';

const LEAST = { optimize: 'ram', reduceByRows: true, inputsInArena: true, tries: 10, looks: 0 } as const;

const generated = (graph: Graph, plan: Plan): GeneratedModel =>
  unwrap(generate({ graph, plan, layout: parameterLayout(graph, 'inference') }));
const sourceOf = ({ files }: GeneratedModel): string =>
  files.find(({ path }) => path === 'model.c')?.text ?? '';
const configOf = ({ files }: GeneratedModel): string =>
  files.find(({ path }) => path === 'model_config.h')?.text ?? '';

/** The calls that code of these parts makes, in order. */
const callsOf = (parts: readonly Part[]): readonly Call[] =>
  parts.flatMap((part): readonly Call[] => {
    if (part.unit === 'whole') return [part.call];
    if (part.unit === 'channel') return loopCalls(part);
    const done = part.lanes.map(() => 0);
    return part.order.map((number) => {
      const from = done[number] ?? 0;
      done[number] = from + 1;
      const [lane, rows] = [at(part.lanes, number), { from, to: from + 1 }];
      return 'op' in lane ? { op: lane.op, rows } : { kind: 'read', tensor: lane.tensor, rows };
    });
  });

describe('the code of a schedule', () => {
  it('makes its calls, each once, in its order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (seed, inputRows) => {
        const graph = seed % 2 === 0 ? randomNetwork(seed) : randomBranchyNetwork(seed);
        const { schedule } = placeAll(graph, { ...LEAST, inputRows });
        expect(callsOf(partsOf(graph, schedule))).toEqual(schedule.calls);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused where its calls are not one row after the other', () => {
    const graph = kwsDigitsGraph();
    const plan = placeAll(graph, LEAST);
    const band = plan.schedule.calls.findIndex((call) => !isRead(call) && call.rows);
    const calls = plan.schedule.calls.map((call, index) =>
      index === band ? { ...call, rows: { from: 0, to: 2 } } : call,
    );
    const changed = { ...plan, schedule: { ...plan.schedule, calls } as Schedule };
    const refused = generate({ graph, plan: changed, layout: parameterLayout(graph, 'inference') });
    expect(refused).toMatchObject({ ok: false, error: { code: 'codegen.unsupported' } });
  });

  it('is a table of what comes next and a case for each operator', () => {
    const graph = kwsDigitsGraph();
    const plan = placeAll(graph, LEAST);
    const text = sourceOf(generated(graph, plan));
    const rows = plan.schedule.segments.filter(({ unit, ops }) => unit === 'row' && ops.length > 1);
    expect(rows.length).toBeGreaterThan(0);
    expect(text.match(/switch \(next\)/g)?.length).toBe(rows.length);
    const cases = rows.reduce((sum, { ops }) => sum + ops.length, 0);
    expect(text.match(/^ +case \d+: \{$/gm)?.length).toBe(cases);
  });

  it('has no loop where every operator runs whole, whatever else was asked', () => {
    const graph = kwsDigitsGraph();
    const text = sourceOf(generated(graph, placeAll(graph, { inputsInArena: true })));
    expect(text).not.toMatch(/switch|FL_AFTER_ROW|fl_model_read_input/);
  });
});

const LAID_DOWN = { name: 'map', kind: 'activation', tensors: [], offset: 0, first: 0, last: 9 } as const;

/** What the C expression ` + (row * 2 + 1) % 3 * 40` is worth. */
function valueOf(text: string, row: number): number {
  if (text === '') return 0;
  const constant = /^ \+ (\d+)$/.exec(text);
  if (constant) return Number(constant[1]);
  const parts = /^ \+ \(?row(?: \* (\d+))?(?: \+ (\d+))?\)? % (\d+) \* (\d+)$/.exec(text);
  const [, step = 1, shift = 0, rows, bytes] = parts ?? [];
  return ((row * Number(step) + Number(shift)) % Number(rows)) * Number(bytes);
}

describe('the place of a row in generated code', () => {
  const draw = (most: number) => fc.integer({ min: 1, max: most });
  const rings = fc.record({
    rows: draw(6),
    rowBytes: draw(9),
    slot: fc.record({ step: draw(3), shift: fc.integer({ min: -4, max: 4 }) }),
  });

  it('is the one of the plan', () => {
    fc.assert(
      fc.property(rings, fc.nat(20), (ring, y) => {
        const buffer: PlannedBuffer = { ...LAID_DOWN, bytes: ring.rows * ring.rowBytes, ring };
        const text = distanceText({ of: 'row', ...ring.slot }, ring.rowBytes, ring.rows);
        expect(valueOf(text, y)).toBe(rowOffset(buffer, y, ring.rowBytes));
      }),
    );
  });
});

describe('inputs that come row by row', () => {
  const graph = kwsDigitsGraph();
  const plan = placeAll(graph, { ...LEAST, inputRows: true });
  const model = generated(graph, plan);

  it('are asked for, and have no place that the caller could fill', () => {
    expect(readsRows(model.facts)).toBe(true);
    expect(model.facts).toMatchObject({ inputsInArena: false, inputs: [{ bytes: 1960, rowBytes: 40 }] });
    expect(configOf(model)).toMatch(/INPUT_ROWS +1$/m);
    expect(sourceOf(model)).toContain('const uint32_t fl_model_input_row_bytes[] = {40u};');
    expect(sourceOf(model)).toMatch(/fl_model_read_input\(input, 0, \(uint32_t\)row, 1, /);
  });

  it('are read whole where an operator needs them whole', () => {
    const builder = new GraphBuilder('turned');
    const input = builder.input([1, 4, 3, 2]);
    const turned = builder.build(builder.transpose('turned', input, [0, 2, 1, 3]));
    const whole = placeAll(turned, { ...LEAST, inputRows: true });
    const text = sourceOf(generated(turned, whole));
    expect(bufferOf(whole, input)?.ring).toBeUndefined();
    expect(text).toContain('fl_model_read_input(input, 0, 0, 4, fl_s8(arena, AT_');
  });

  it('leave every result of the forward pass to be seen, row by row', () => {
    const { facts } = model;
    expect(facts.calls.map(({ op }) => op).toSorted((a, b) => a - b)).toEqual(graph.ops.map((_, op) => op));
    const shown = sourceOf(model).match(/FL_AFTER_(CALL|ROW)\(/g)?.length;
    expect(shown).toBe(facts.calls.length);
  });
});
