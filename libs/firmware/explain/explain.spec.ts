import fc from 'fast-check';
import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { type Plan, placeAll, rowLayoutOf } from '#libs/firmware/planner';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork } from '#test/support/random-operators';
import { type Life, livesOf, planPicture, segmentsSaid } from '.';

const LEAST = { optimize: 'ram', reduceByRows: true, inputsInArena: true, tries: 10, looks: 0 } as const;
const graph = kwsDigitsGraph();
const whole = placeAll(graph, { inputsInArena: true });
const least = placeAll(graph, LEAST);

const bytesIn = (lives: readonly Life[], tensor: TensorId): number =>
  lives.filter((life) => life.tensor === tensor).reduce((sum, { begin, end }) => sum + end - begin, 0);

/** Names of the elements, in the order in which they open; throws where one is not closed. */
function tagsOf(svg: string): readonly string[] {
  const open: string[] = [];
  const all: string[] = [];
  for (const [, slash, name = '', , closed] of svg.matchAll(/<(\/?)(\w+)((?:[^>"]|"[^"]*")*?)(\/?)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else {
      all.push(name);
      if (!closed) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return all;
}

describe('what lives in the arena', () => {
  it('stays within its buffer, in place and in time, all of it once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (seed, inputRows) => {
        const random: Graph = seed % 2 === 0 ? randomNetwork(seed) : randomBranchyNetwork(seed);
        const plan: Plan = placeAll(random, { ...LEAST, inputRows });
        const lives = livesOf(random, plan);
        for (const { buffer, begin, end, first, last } of lives) {
          expect(begin).toBeGreaterThanOrEqual(buffer.offset);
          expect(end).toBeLessThanOrEqual(buffer.offset + buffer.bytes);
          expect(first).toBeLessThanOrEqual(last);
          expect([first >= buffer.first, last <= buffer.last]).toEqual([true, true]);
        }
        for (const { tensors } of plan.buffers)
          for (const id of tensors) {
            const { height, rowBytes } = rowLayoutOf(random, id);
            expect(bytesIn(lives, id)).toBeLessThanOrEqual(height * rowBytes);
            expect(bytesIn(lives, id)).toBeGreaterThan(0);
          }
      }),
      { numRuns: 40 },
    );
  });

  it('is one piece where a map is whole, and rows that come and go where it is not', () => {
    const id = graph.ops.flatMap((op) => (op.kind === 'conv2d' ? op.output : []))[0]!;
    expect(livesOf(graph, whole).filter(({ tensor }) => tensor === id)).toHaveLength(1);
    expect(livesOf(graph, least).filter(({ tensor }) => tensor === id).length).toBeGreaterThan(1);
  });
});

describe('the picture of a plan', () => {
  it('names every tensor, the peak, the bound and the budget', () => {
    const svg = planPicture(graph, least, { budgetBytes: least.peakBytes + 100 });
    for (const { tensors } of least.buffers)
      for (const id of tensors) expect(svg).toContain(tensorOf(graph, id).name);
    for (const label of ['peak', 'bound', 'budget', 'kernel calls', 'bytes of the arena', 'row of a ring'])
      expect(svg).toContain(label);
    expect(planPicture(graph, least)).toBe(planPicture(graph, least));
  });

  it('is well-formed, whatever tensors are called', () => {
    const hostile = '</title><script>alert(1)</script>"&\u0000';
    const tensors = graph.tensors.map((tensor) => ({ ...tensor, name: hostile }));
    const svg = planPicture({ ...graph, tensors }, { ...whole, graph: hostile });
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(tagsOf(svg)[0]).toBe('svg');
    expect(tagsOf(svg).filter((tag) => tag === 'rect').length).toBeGreaterThan(graph.ops.length);
  });

  it('says how the schedule is cut', () => {
    expect(segmentsSaid(whole.schedule)).toBe('maps whole');
    expect(segmentsSaid(least.schedule)).toMatch(/row by row/);
  });
});
