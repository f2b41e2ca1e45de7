import type { Graph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { type Pass, runPasses } from './pass';

function tiny(): Graph {
  const builder = new GraphBuilder('tiny');
  return builder.build(builder.conv('conv', builder.input([1, 2, 2, 1]), { channels: 2 }));
}

const nothing: Pass = { name: 'nothing', run: (graph) => graph };
const spoil: Pass = { name: 'spoil', run: (graph) => ({ ...graph, ops: [] }) };

describe('running passes', () => {
  it('tells the name and the result of each, in order', () => {
    const seen: string[] = [];
    runPasses(tiny(), [nothing, nothing], (name, graph) => seen.push(`${name} ${graph.ops.length}`));
    expect(seen).toEqual(['nothing 1', 'nothing 1']);
  });

  it('crashes on the pass that leaves a faulty graph, by name', () => {
    expect(() => runPasses(tiny(), [nothing, spoil, nothing])).toThrow(/pass spoil on tiny/);
  });
});
