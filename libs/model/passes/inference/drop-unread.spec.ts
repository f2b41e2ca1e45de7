import { dumpGraph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { expectSameOutputs } from '#test/support/same-outputs';
import { runPasses } from '../pass';
import { dropUnread } from './drop-unread';

describe('drop-unread', () => {
  const builder = new GraphBuilder('branches');
  const x = builder.input([1, 4]);
  const unread = builder.softmax('more', builder.reshape('unread', x, [4]));
  const graph = builder.build(builder.add('out', x, x));

  it('drops a whole chain that leads nowhere, and no tensor', () => {
    expect(graph.ops.length).toBe(3);
    const passed = runPasses(graph, [dropUnread]);
    expect(dumpGraph(passed)).toBe(
      ['graph branches(input)', 'out add(input, input) -> out: int8[1,4]', 'return out', ''].join('\n'),
    );
    expect(passed.tensors).toEqual(graph.tensors);
    expectSameOutputs(graph, passed);
  });

  it('keeps what is an output besides being read', () => {
    const both = { ...graph, outputs: [...graph.outputs, unread] };
    expect(runPasses(both, [dropUnread]).ops).toEqual(graph.ops);
  });
});
