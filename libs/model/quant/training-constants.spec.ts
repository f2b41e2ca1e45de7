import { type Add, type Graph, layersOf } from '#libs/model/ir';
import { at } from '#libs/base/result';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { GraphBuilder } from '#test/support/graph-builder';
import { describeWithShared, sharedText } from '#test/support/shared-files';
import { q31 } from './binary-float';
import { requantConstants } from './requantize';
import { skipRatio, type TrainingConstants, trainingConstants } from './training-constants';

const GOLDEN = 'models/kws-digits/training/constants.txt';
const TRACE = 'models/kws-digits/training/B/trace0.txt';

/**
 * "layer o s_in s_w qw ew qb eb m shift kind channels" and "c layer o c k_l", as the trial wrote them. Its back scales share
 * one exponent a layer: only the head still has one.
 */
function linesOf(graph: Graph, layer: number): string[] {
  const constants: TrainingConstants = trainingConstants(graph, layer);
  const layers = layersOf(graph);
  const { name } = at(layers, layer);
  const isHead = layer === layers.length - 1;
  const { weightStep: w, biasStep: b, gradient } = constants;
  return [...gradient.mantissas].flatMap((c, o) => [
    `${name} ${o} ${w.mantissas[o]} ${w.exponents[o]} ${b.mantissas[o]} ${b.exponents[o]}`,
    ...(isHead ? [`c ${name} ${o} ${c} ${gradient.exponents[o]}`] : []),
  ]);
}

const isOfHead = (line: string): boolean => line.startsWith('c fc ');

const goldenLines = (): string[] =>
  sharedText(GOLDEN)
    .split('\n')
    .filter((line) => line !== '' && (!line.startsWith('c ') || isOfHead(line)))
    .map((line) =>
      line.startsWith('c ')
        ? line
        : line
            .split(' ')
            .filter((_, i) => [0, 1, 4, 5, 6, 7].includes(i))
            .join(' '),
    );

describeWithShared([GOLDEN, TRACE], 'training constants of kws-digits', () => {
  const graph = kwsDigitsGraph();

  it('equal the golden constants, every channel of every layer', () => {
    const lines = layersOf(graph).flatMap((_, layer) => linesOf(graph, layer));
    expect(lines.toSorted()).toEqual(goldenLines().toSorted());
  });

  it('scale gradients as the golden constants do, to the precision of theirs', () => {
    const golden = sharedText(GOLDEN)
      .split('\n')
      .filter((line) => line.startsWith('c ') && !isOfHead(line))
      .map((line) => line.split(' '));
    const layers = layersOf(graph);
    expect(golden.length).toBeGreaterThan(500);
    for (const [, name, o, c, k] of golden) {
      const { gradient } = trainingConstants(
        graph,
        layers.findIndex((op) => op.name === name),
      );
      const [mantissa, exponent] = [at(gradient.mantissas, Number(o)), at(gradient.exponents, Number(o))];
      expect(mantissa).toBeGreaterThanOrEqual(2 ** 14);
      expect(Math.abs(mantissa * 2 ** (exponent - Number(k)) - Number(c))).toBeLessThanOrEqual(1);
    }
  });

  it('requantise by the golden multipliers', () => {
    const golden = sharedText(GOLDEN)
      .split('\n')
      .filter((line) => line !== '' && !/^(c|fc) /.test(line));
    const lines = layersOf(graph).flatMap((op) => {
      if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') return [];
      const { multipliers, shifts } = requantConstants(graph, op);
      return [...multipliers].map((multiplier, o) => `${op.name} ${o} ${multiplier} ${shifts[o]}`);
    });
    expect(lines).toEqual(
      golden.map((line) =>
        line
          .split(' ')
          .filter((_, i) => [0, 1, 8, 9].includes(i))
          .join(' '),
      ),
    );
  });

  it('have the golden ratios of both residual adds', () => {
    const ratios = graph.ops
      .filter((op): op is Add => op.kind === 'add')
      .map((op) => skipRatio(graph, op, op.inputs[1]))
      .map(({ mantissa, exponent }) => `rc ${mantissa} rk ${exponent}`);
    const golden = [...sharedText(TRACE).matchAll(/rc [1-9]\d* rk -?\d+/g)].map(([text]) => text);
    expect(ratios).toEqual(golden);
  });
});

function pointwiseGraph(scales: readonly number[], biases: Int32Array): Graph {
  const builder = new GraphBuilder('tiny');
  const conv = builder.conv('conv', builder.input([1, 2, 2, 3]), { channels: scales.length, scales, biases });
  return builder.build(builder.fullyConnected('fc', builder.averagePool('pool', conv), { channels: 2 }));
}

describe('training constants', () => {
  it('freeze channels whose weight scale or bias marks them as dead', () => {
    const { frozen, gradient } = trainingConstants(
      pointwiseGraph([0.01, 1e-7, 0.01], Int32Array.of(5, 5, -(2 ** 31))),
      0,
    );
    expect([...frozen]).toEqual([0, 1, 1]);
    expect([...gradient.mantissas].map((c) => c === 0)).toEqual([false, true, true]);
  });

  it('of the head divide by the pixels of the pooled map', () => {
    const graph = pointwiseGraph([0.01, 0.02], Int32Array.of(0, 0));
    const head = at(layersOf(graph), 1);
    const scale = at(graph.tensors[head.weights]?.quantization?.scales ?? [], 0);
    const { gradient } = trainingConstants(graph, 1);
    const value = (gradient.mantissas[0] ?? 0) * 2 ** ((gradient.exponents[0] ?? 0) - 15);
    expect(value).toBeCloseTo((Math.fround(0.05) * scale) / 4, 8);
    expect(q31(value).mantissa).toBeGreaterThan(0);
  });
});
