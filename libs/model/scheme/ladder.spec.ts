import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { blocksOf } from './blocks';
import { schemeLadder } from './ladder';
import { schemeId } from './scheme-id';

/** MobileNetV1's kind: depthwise and pointwise by turns, every one clamped. */
function depthwiseSeparable(): Graph {
  const builder = new GraphBuilder('ds-cnn');
  const relu6 = { activation: 'relu6' } as const;
  let current = builder.conv('stem', builder.input([1, 8, 8, 1]), {
    channels: 4,
    kernel: 3,
    padding: 1,
    ...relu6,
  });
  for (const name of ['a', 'b']) {
    const depthwise = builder.depthwise(`${name}.dw`, current, { padding: 1, ...relu6 });
    current = builder.conv(`${name}.pw`, depthwise, { channels: 4, ...relu6 });
  }
  return builder.build(builder.fullyConnected('fc', builder.averagePool('pool', current), { channels: 3 }));
}

describe('the ladder of kws-digits', () => {
  const graph = kwsDigitsGraph();
  const ladder = schemeLadder(graph);

  it('begins with the head alone and ends with everything', () => {
    expect(ladder[0]?.name).toBe('last');
    expect(ladder.at(-1)?.name).toBe('full');
  });

  it('holds the sparse scheme of the golden vectors and the full one, by id', () => {
    const ids = new Map(ladder.map((scheme) => [schemeId(scheme), scheme.name]));
    expect(ids.get(schemeId(KWS_SCHEMES.sparse))).toBe('sparse-b4');
    expect(ids.get(schemeId(KWS_SCHEMES.full))).toBe('full');
  });

  it('reaches further back from rung to rung, and trains more there', () => {
    const names = ladder.map(({ name }) => name);
    expect(names.slice(0, 6)).toEqual([
      'last',
      'sparse-b6',
      'pointwise-b6',
      'sparse-b5',
      'pointwise-b5',
      'sparse-b4',
    ]);
    const reach = ladder.map(({ biasLayers }) => biasLayers);
    expect(reach).toEqual(reach.toSorted((a, b) => a - b));
    expect(ladder.length).toBe(16);
  });

  it('holds only schemes that can be trained', () => {
    for (const scheme of ladder) expect(unwrap(trainingGraph(graph, scheme)).outputs.length).toBe(1);
  });
});

describe('blocks', () => {
  it('of kws-digits are the stem and the six of its description', () => {
    expect(blocksOf(kwsDigitsGraph())).toEqual([
      [0],
      [1, 2],
      [3, 4, 5],
      [6, 7, 8],
      [9, 10, 11],
      [12, 13, 14],
      [15, 16, 17],
    ]);
  });

  it('of depthwise-separable networks are pairs of depthwise and pointwise', () => {
    expect(blocksOf(depthwiseSeparable())).toEqual([[0], [1, 2], [3, 4]]);
    expect(schemeLadder(depthwiseSeparable()).map(({ name }) => name)).toEqual([
      'last',
      'sparse-b2',
      'sparse-b1',
      'sparse-b0',
      'full',
    ]);
  });

  it('of a model that cannot be trained give an empty ladder', () => {
    const builder = new GraphBuilder('no-classifier');
    const map = builder.conv('conv', builder.input([1, 3, 3, 1]), { channels: 2 });
    expect(schemeLadder(builder.build(map))).toEqual([]);
  });

  it('of dense layers reach back one layer at a time', () => {
    const builder = new GraphBuilder('dense');
    let x = builder.input([1, 9]);
    for (const name of ['a', 'b']) x = builder.fullyConnected(name, x, { channels: 5, activation: 'relu' });
    const ladder = schemeLadder(builder.build(builder.fullyConnected('fc', x, { channels: 2 })));
    expect(ladder.map(({ name, biasLayers }) => [name, biasLayers])).toEqual([
      ['last', 0],
      ['sparse-b1', 1],
      ['sparse-b0', 2],
    ]);
  });
});
