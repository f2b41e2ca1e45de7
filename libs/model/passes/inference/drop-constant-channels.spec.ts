import { equalBytes } from '#libs/base/bytes';
import { at } from '#libs/base/result';
import { dumpGraph, type Graph, graphMacs, parameterCount, type TensorId, tensorOf } from '#libs/model/ir';
import { storedBiases } from '#libs/model/quant';
import { runGraph } from '#libs/model/reference';
import { withDeadChannels } from '#test/support/dead-channels';
import { goldenFiles, goldenGraph, goldenInt8, valueBytes } from '#test/support/golden-models';
import { GraphBuilder } from '#test/support/graph-builder';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork, randomInputs } from '#test/support/random-operators';
import { expectSameOutputs } from '#test/support/same-outputs';
import { describeWithShared } from '#test/support/shared-files';
import { runPasses } from '../pass';
import { ChannelRanges } from './channel-ranges';
import { dropConstantChannels } from './drop-constant-channels';
import { INFERENCE_PASSES } from './index';
import { keptChannels } from './kept-channels';

const dropped = (graph: Graph, granularity = 1): Graph =>
  runPasses(graph, [dropConstantChannels({ granularity })]);

const RELU6 = { activation: 'relu6' } as const;
/** What RELU6 makes of it is 0, the zero point. */
const DEAD = -5_000_000;
/** What RELU6 makes of it is 6, and so 127. */
const FULL = 5_000_000;

/** Biases of 6 channels: some alive, some 0 for ever, one 6 for ever. */
const MIXED = Int32Array.of(0, DEAD, FULL, 100, -(2 ** 31) + 1_000_000, -100);

function chain(padding: number): Graph {
  const builder = new GraphBuilder('chain');
  const wide = builder.conv('ex', builder.input([1, 4, 4, 3]), { channels: 6, biases: MIXED, ...RELU6 });
  const inner = builder.depthwise('dw', wide, { padding, biases: new Int32Array(6), ...RELU6 });
  return builder.build(builder.conv('pw', inner, { channels: 2, biases: 'none' }));
}

/** A map of 6 channels, read as `read` says. */
function mixed(read: (builder: GraphBuilder, map: TensorId) => TensorId): Graph {
  const builder = new GraphBuilder('mixed');
  const map = builder.conv('ex', builder.input([1, 3, 3, 2]), { channels: 6, biases: MIXED, ...RELU6 });
  return builder.build(read(builder, map));
}

/** A map [1,2,2,6] that a fully connected layer reads as vectors, with no operator between. */
function flattened(shape: readonly [rows: number, features: number], weights?: Int8Array): Graph {
  const builder = new GraphBuilder('flattened');
  const map = builder.conv('ex', builder.input([1, 2, 2, 2]), { channels: 6, biases: MIXED, ...RELU6 });
  const rows = builder.reshape('rows', map, shape);
  const dense = builder.fullyConnected('fc', rows, { channels: 2, ...(weights && { weights }) });
  const graph = builder.build(dense);
  const ops = graph.ops.filter(({ kind }) => kind !== 'reshape');
  return { ...graph, ops: ops.map((op) => (op.kind === 'fullyConnected' ? { ...op, input: map } : op)) };
}

/** Channels of the map `name`. */
const channelsOf = (graph: Graph, name: string): number | undefined =>
  graph.tensors.find((tensor) => tensor.name === name)?.shape.at(-1);

/** The values of `channels` of a map. */
const picked = (bytes: Uint8Array, all: number, channels: readonly number[]): readonly number[] =>
  [...bytes].filter((_, i) => channels.includes(i % all));

/** Every map that an operator writes holds what the channels that stay held; whether any went. */
function expectSameMaps(graph: Graph, granularity: number, seed: number): boolean {
  const kept = keptChannels(graph, new ChannelRanges(graph), granularity);
  const after = dropped(graph, granularity);
  const inputs = randomInputs(graph, seed);
  const [was, is] = [runGraph(graph, inputs), runGraph(after, inputs)];
  for (const { output } of graph.ops.filter((op) => 'output' in op)) {
    const all = tensorOf(graph, output).shape.at(-1) ?? 1;
    const bytes = valueBytes(was.get(output));
    const channels = kept.get(output);
    expect([...valueBytes(is.get(output))]).toEqual(channels ? picked(bytes, all, channels) : [...bytes]);
  }
  return kept.size > 0;
}

describe('drop-constant-channels', () => {
  it('takes constant channels out of the maps before and after a depthwise layer', () => {
    expect(dumpGraph(dropped(chain(1)))).toBe(
      [
        'graph chain(input)',
        'ex conv2d(input, ex.w, ex.b) -> ex: int8[1,4,4,4]',
        'dw depthwiseConv2d(ex, dw.w, dw.b) -> dw: int8[1,4,4,4]',
        'pw conv2d(dw, pw.w) -> pw: int8[1,4,4,2]',
        'return pw',
        '',
      ].join('\n'),
    );
    expectSameOutputs(chain(1), dropped(chain(1)));
  });

  it('folds a constant that is not the zero point into biases, which a layer gets if it has none', () => {
    const graph = mixed((builder, map) =>
      builder.conv('pw', map, { channels: 2, kernel: 2, biases: 'none' }),
    );
    const after = dropped(graph);
    expect(channelsOf(after, 'ex')).toBe(3);
    expect(dumpGraph(after)).toContain('pw conv2d(ex, pw.w, pw.bias) -> pw: int8[1,2,2,2]');
    expectSameOutputs(graph, after);
  });

  it('keeps it where padding makes a difference', () => {
    const graph = mixed((builder, map) => builder.conv('pw', map, { channels: 2, kernel: 3, padding: 1 }));
    expect(channelsOf(dropped(graph), 'ex')).toBe(4);
    expectSameOutputs(graph, dropped(graph));
  });

  it('folds modulo 2^32, as accumulators wrap', () => {
    const biases = Int32Array.of(2 ** 31 - 1, -(2 ** 31));
    const weights = Int8Array.from({ length: 12 }, (_, i) => (i < 6 ? 127 : -127));
    const graph = mixed((builder, map) => builder.conv('pw', map, { channels: 2, biases, weights }));
    const after = dropped(graph);
    const pw = after.ops.find(({ name }) => name === 'pw');
    expect([...storedBiases(after, (pw as { readonly bias: TensorId }).bias)]).toEqual([
      2 ** 31 - 1 + 127 * 255 - 2 ** 32,
      -(2 ** 31) - 127 * 255 + 2 ** 32,
    ]);
    expectSameOutputs(graph, after);
  });

  it('folds from one fully connected layer into the next', () => {
    const builder = new GraphBuilder('dense');
    const first = builder.fullyConnected('first', builder.input([3, 4]), {
      channels: 6,
      biases: MIXED,
      ...RELU6,
    });
    const graph = builder.build(builder.fullyConnected('second', first, { channels: 2 }));
    expect(channelsOf(dropped(graph), 'first')).toBe(3);
    expectSameOutputs(graph, dropped(graph));
  });

  it('keeps two channels of a fully connected layer that has two scales, since one is multiplied otherwise', () => {
    const builder = new GraphBuilder('dense');
    const first = builder.fullyConnected('first', builder.input([1, 4]), {
      channels: 2,
      biases: Int32Array.of(0, DEAD),
      ...RELU6,
    });
    const graph = builder.build(builder.fullyConnected('second', first, { channels: 2 }));
    expect(dropped(graph)).toEqual(graph);
  });

  it('folds every place of a map that a fully connected layer reads as one vector', () => {
    const graph = flattened([1, 24]);
    expect(channelsOf(dropped(graph), 'ex')).toBe(3);
    expectSameOutputs(graph, dropped(graph));
  });

  it('keeps channels of a map whose pixels lie across the rows of a fully connected layer', () => {
    const graph = flattened([6, 4]);
    expect(dropped(graph)).toEqual(graph);
  });

  it.each<[string, (builder: GraphBuilder, map: TensorId) => TensorId]>([
    ['an ADD', (builder, map) => builder.add('sum', map, map)],
    ['a pool', (builder, map) => builder.averagePool('pool', map)],
    [
      'a depthwise layer with a multiplier',
      (builder, map) => builder.depthwise('dw', map, { multiplier: 2 }),
    ],
    [
      'a depthwise layer whose channels stay',
      (builder, map) =>
        builder.add('sum', builder.depthwise('dw', map, {}), builder.depthwise('dw2', map, {})),
    ],
    ['the caller', (_, map) => map],
  ])('keeps channels that %s reads', (_, read) => {
    const graph = mixed(read);
    expect(dropped(graph)).toEqual(graph);
  });

  it('keeps as many as make the count a multiple, and never none', () => {
    const graphOf = (biases: Int32Array): Graph => {
      const builder = new GraphBuilder('counts');
      const map = builder.conv('ex', builder.input([1, 3, 3, 2]), {
        channels: biases.length,
        biases,
        ...RELU6,
      });
      return builder.build(builder.conv('pw', map, { channels: 2 }));
    };
    const alive = (live: number, dead: number): Graph =>
      graphOf(Int32Array.from({ length: live + dead }, (_, i) => (i % 2 && i < 2 * dead ? DEAD : 0)));
    const counts = (graph: Graph) =>
      [1, 2, 4].map((granularity) => channelsOf(dropped(graph, granularity), 'ex'));
    expect(counts(alive(7, 5))).toEqual([7, 8, 8]);
    expect(counts(alive(9, 1))).toEqual([9, 10, 10]);
    expect(counts(graphOf(new Int32Array(6).fill(DEAD)))).toEqual([1, 2, 4]);
  });

  it('leaves what it has left', () => {
    const after = dropped(chain(1));
    expect(dropped(after)).toEqual(after);
  });

  it('keeps every byte of what stays, on networks of convolutions', () => {
    const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
    const changed = seeds.filter((seed) =>
      expectSameMaps(withDeadChannels(randomNetwork(seed), seed), [1, 2, 4][seed % 3] ?? 1, seed),
    );
    expect(changed.length).toBeGreaterThan(30);
  });

  it('keeps every byte of what stays, on networks of all operators', () => {
    const seeds = Array.from({ length: 300 }, (_, i) => i + 1);
    const changed = seeds.filter((seed) => {
      const graph = runPasses(randomBranchyNetwork(seed), INFERENCE_PASSES);
      return expectSameMaps(withDeadChannels(graph, seed), 1, seed);
    });
    expect(changed.length).toBeGreaterThan(5);
  });
});

/** Outputs of layers that are not in the range of their channel. */
function outsideRanges(graph: Graph, seed: number): readonly number[] {
  const ranges = new ChannelRanges(graph);
  const values = runGraph(graph, randomInputs(graph, seed));
  return graph.ops
    .filter((op) => 'output' in op)
    .flatMap(({ output }) => {
      const channels = tensorOf(graph, output).shape.at(-1) ?? 1;
      return [...(values.get(output) as Int8Array)].filter((value, i) => {
        const { low, high } = ranges.of(output, i % channels);
        return value < low || value > high;
      });
    });
}

describe('the range of a channel', () => {
  it('holds whatever occurs', () => {
    for (let seed = 1; seed <= 40; seed++)
      expect(outsideRanges(withDeadChannels(randomNetwork(seed), seed), seed)).toEqual([]);
  });

  it('holds whatever occurs where rows of a fully connected layer begin inside a pixel', () => {
    /* Only the second of four: channels 1, 5 and 3 in turn. */
    const graph = flattened([6, 4], Int8Array.of(0, 127, 0, 0, 0, -127, 0, 0));
    for (let seed = 1; seed <= 5; seed++) expect(outsideRanges(graph, seed)).toEqual([]);
  });

  it('is exact for one product', () => {
    const builder = new GraphBuilder('one');
    const graph = builder.build(
      builder.conv('conv', builder.input([1, 16, 16, 1]), {
        channels: 3,
        ...RELU6,
        biases: Int32Array.of(0, 3000, -2000),
      }),
    );
    const output = at(graph.outputs, 0);
    const every = Int8Array.from({ length: 256 }, (_, i) => i - 128);
    const values = [...(runGraph(graph, [every]).get(output) as Int8Array)];
    const ranges = new ChannelRanges(graph);
    for (const channel of [0, 1, 2]) {
      const own = values.filter((_, i) => i % 3 === channel);
      expect(ranges.of(output, channel)).toEqual({ low: Math.min(...own), high: Math.max(...own) });
    }
  });
});

describeWithShared(goldenFiles('mcunet_vww'), 'constant channels of mcunet_vww', () => {
  it('go, and the output stays', () => {
    const graph = runPasses(goldenGraph('mcunet_vww'), INFERENCE_PASSES);
    const after = dropped(graph, 4);
    const { input, output } = goldenInt8('mcunet_vww', '00');
    expect(equalBytes(valueBytes(runGraph(after, [input]).get(at(after.outputs, 0))), output)).toBe(true);
    expect([graphMacs(graph), graphMacs(after)]).toEqual([11_578_816, 11_132_068]);
    expect([parameterCount(graph), parameterCount(after)]).toEqual([426_634, 401_694]);
  }, 60_000);
});
