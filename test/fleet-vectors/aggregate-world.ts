import fc from 'fast-check';
import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import type { Contribution, ParameterPatch } from '#libs/fleet/aggregate';
import { writeRawDelta, type DeltaVariable, type VariableDelta } from '#libs/fleet/delta';
import { type Graph, layersOf, tensorOf } from '#libs/model/ir';
import { canonicalOrder, storedBiases, storedWeights } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';

/** How the head of a network stands in its file. */
export type HeadKind = 'dense' | 'convolution';

/** A network with every order of storage: 3x3 convolution, depthwise, pointwise, head of 4 classes. */
export function smallGraph(seed = 1, headScales?: readonly number[], headKind: HeadKind = 'dense'): Graph {
  const build = new GraphBuilder('small', seed);
  const input = build.input([1, 6, 6, 2]);
  const conv = build.conv('conv', input, { channels: 3, kernel: 3 });
  const depthwise = build.depthwise('dw', conv, {});
  const pointwise = build.conv('pw', depthwise, { channels: 5 });
  const pooled = build.averagePool('pool', pointwise);
  const options = { channels: 4, ...(headScales && { scales: headScales }) };
  return build.build(
    headKind === 'convolution'
      ? build.conv('fc', pooled, options)
      : build.fullyConnected('fc', build.reshape('flat', pooled, [1, 5]), options),
  );
}

/** Every parameter tensor of `smallGraph` as a delta names it. */
export const VARIABLES: readonly DeltaVariable[] = [
  { tensorName: 'conv.w', kind: 'weights', count: 54 },
  { tensorName: 'conv.b', kind: 'bias', count: 3 },
  { tensorName: 'dw.w', kind: 'weights', count: 27 },
  { tensorName: 'dw.b', kind: 'bias', count: 3 },
  { tensorName: 'pw.w', kind: 'weights', count: 15 },
  { tensorName: 'pw.b', kind: 'bias', count: 5 },
  { tensorName: 'fc.w', kind: 'head', count: 20 },
  { tensorName: 'fc.b', kind: 'bias', count: 4 },
];

const HEAD = VARIABLES.slice(-2);
/** What devices of several sizes train. */
export const SCHEMES: readonly (readonly DeltaVariable[])[] = [VARIABLES, VARIABLES.slice(3), HEAD];

const SIZES = { weights: 90, head: 3_000, bias: 2_000 } as const;

/** What a device might have learned, replayable from the seed. */
export function contribution(
  deviceId: string,
  seed: number,
  {
    variables = VARIABLES,
    sampleCount = 100,
  }: { variables?: readonly DeltaVariable[]; sampleCount?: number } = {},
): Contribution {
  const rng = new Rng(seed);
  const deltas = variables.map((variable): VariableDelta => {
    const size = SIZES[variable.kind];
    const values = Int32Array.from({ length: variable.count }, () => rng.below(2 * size + 1) - size);
    return { variable, values };
  });
  return { deviceId, sampleCount, layout: { schemeId: 1, variables }, raw: writeRawDelta(deltas) };
}

/** A contribution with the same delta everywhere. */
export function uniform(deviceId: string, delta: number, sampleCount = 1): Contribution {
  const deltas = VARIABLES.map((variable) => ({
    variable,
    values: new Int32Array(variable.count).fill(delta),
  }));
  return { deviceId, sampleCount, layout: { schemeId: 1, variables: VARIABLES }, raw: writeRawDelta(deltas) };
}

/** Contributions of distinct devices with schemes and weights of their own. */
export const anyContributions = (most = 9): fc.Arbitrary<readonly Contribution[]> =>
  fc
    .uniqueArray(
      fc.record({
        id: fc.integer({ min: 0, max: 99 }),
        seed: fc.nat(),
        sampleCount: fc.integer({ min: 1, max: 500 }),
        variables: fc.constantFrom(...SCHEMES),
      }),
      { selector: ({ id }) => id, minLength: 1, maxLength: most },
    )
    .map((drawn) => drawn.map(({ id, seed, ...facts }) => contribution(`dev-${id}`, seed, facts)));

/** The graph with new constants and scales. */
export function patchedGraph(graph: Graph, patches: readonly ParameterPatch[]): Graph {
  const tensors = [...graph.tensors];
  for (const { tensor: id, data, scales } of patches) {
    const tensor = tensorOf(graph, id);
    const quantization =
      scales && tensor.quantization ? { ...tensor.quantization, scales } : tensor.quantization;
    tensors[id] = { ...tensor, data, ...(quantization && { quantization }) };
  }
  return { ...graph, tensors };
}

/** A parameter tensor's integers in canonical order. */
export function canonicalValues(graph: Graph, name: string): readonly number[] {
  for (const op of layersOf(graph)) {
    if (op.bias !== undefined && tensorOf(graph, op.bias).name === name)
      return [...storedBiases(graph, op.bias)];
    const weights = tensorOf(graph, op.weights);
    if (weights.name !== name) continue;
    const stored = storedWeights(graph, op.weights);
    const values = Array.from(stored, () => 0);
    canonicalOrder(op.kind, weights.shape).forEach((canonical, i) => {
      values[canonical] = at(stored, i);
    });
    return values;
  }
  throw new Error(`no parameter ${name}`);
}

/** The scales of a tensor, one for each of its groups. */
export const scalesOf = (graph: Graph, name: string): readonly number[] =>
  graph.tensors.find((tensor) => tensor.name === name)?.quantization?.scales ?? [];
