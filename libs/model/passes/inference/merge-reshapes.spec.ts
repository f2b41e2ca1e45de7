import { dumpGraph, type Graph, type TensorId } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { expectSameOutputs } from '#test/support/same-outputs';
import { runPasses } from '../pass';
import { dropUnread } from './drop-unread';
import { mergeReshapes } from './merge-reshapes';

const passed = (graph: Graph): Graph => runPasses(graph, [mergeReshapes, dropUnread]);

function drawn(draw: (builder: GraphBuilder, x: TensorId) => readonly TensorId[]): Graph {
  const builder = new GraphBuilder('shapes');
  return builder.build(...draw(builder, builder.input([2, 6])));
}

describe('merge-reshapes', () => {
  const chain = drawn((b, x) => {
    const long = b.reshape('long', x, [12]);
    const square = b.reshape('square', b.reshape('thin', long, [12, 1]), [3, 4]);
    const back = b.reshape('back', square, [2, 6]);
    return [b.add('sum', back, x), b.reshape('out', square, [4, 3])];
  });

  it('reads what the first of a chain reads, and passes idle ones by', () => {
    expect(dumpGraph(passed(chain))).toBe(
      [
        'graph shapes(input)',
        'sum add(input, input) -> sum: int8[2,6]',
        'out reshape(input) -> out: int8[4,3]',
        'return sum, out',
        '',
      ].join('\n'),
    );
  });

  it('keeps the outputs', () => {
    expectSameOutputs(chain, passed(chain));
  });

  it('keeps a reshape into an output, and one to another quantisation', () => {
    const idle = drawn((b, x) => [b.reshape('out', x, [2, 6])]);
    expect(passed(idle).ops.length).toBe(1);
    const raw = drawn((b, x) => [b.softmax('out', b.reshape('raw', x, [2, 6]))]);
    const other = { scales: [0.25], zeroPoints: [3], axis: 0 };
    const tensors = raw.tensors.map((tensor) =>
      tensor.name === 'raw' ? { ...tensor, quantization: other } : tensor,
    );
    const graph = { ...raw, tensors };
    expect(passed(graph).ops.length).toBe(2);
    expectSameOutputs(graph, passed(graph));
  });
});
