import { dumpGraph, type Graph } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';
import { GraphBuilder } from '#test/support/graph-builder';
import { runPasses } from '../pass';
import { stripFloatBoundary } from './strip-float-boundary';

const FINER = { scale: 0.01, zeroPoint: 12 };

/** Two float inputs (one quantised twice alike) and an int8 one; outputs in float and in int8. */
function bounded(): Graph {
  const builder = new GraphBuilder('bounded');
  const [x, plain, y] = [builder.floatInput([1, 4]), builder.input([1, 4]), builder.floatInput([1, 4])];
  const [first, again] = [builder.quantize('x.q', x), builder.quantize('x.again', x)];
  const sum = builder.add('sum', first, builder.quantize('y.q', y, FINER));
  const gap = builder.sub('gap', again, plain);
  return builder.build(
    builder.dequantize('sum.f', sum),
    gap,
    builder.dequantize('out.f', builder.mul('out', sum, gap)),
  );
}

const stripped = (graph: Graph): Graph => runPasses(graph, [stripFloatBoundary]);

describe('strip-float-boundary', () => {
  it('leaves the int8 model, its inputs and outputs in the order of the file', () => {
    expect(dumpGraph(stripped(bounded()))).toBe(
      [
        'graph bounded(x.q, input1, y.q)',
        'sum add(x.q, y.q) -> sum: int8[1,4]',
        'gap sub(x.q, input1) -> gap: int8[1,4]',
        'out mul(sum, gap) -> out: int8[1,4]',
        'return sum, gap, out',
        '',
      ].join('\n'),
    );
  });

  it('makes the int8 tensors inputs and nothing else one', () => {
    const graph = stripped(bounded());
    const inputs = graph.tensors.filter(({ role }) => role === 'input').map(({ id }) => id);
    expect(new Set(inputs)).toEqual(new Set(graph.inputs));
  });

  it('computes what the file computes between the boundaries', () => {
    const whole = bounded();
    const inner = stripped(whole);
    const real = (from: number): Float32Array => Float32Array.from({ length: 4 }, (_, i) => from + i / 3);
    const values = runGraph(whole, [real(-0.5), Int8Array.of(-128, -1, 5, 127), real(0.25)]);
    const inputs = inner.inputs.map((id) => values.get(id) as Int8Array);
    const outputs = runGraph(inner, inputs);
    for (const id of inner.outputs) expect(outputs.get(id)).toEqual(values.get(id));
  });

  it('leaves an int8 model as it is', () => {
    const builder = new GraphBuilder('int8');
    const graph = builder.build(builder.softmax('out', builder.input([4])));
    expect(stripped(graph)).toBe(graph);
  });
});
