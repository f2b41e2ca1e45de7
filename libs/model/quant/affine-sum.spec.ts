import { type Add, type Graph, perTensor, tensorOf } from '#libs/model/ir';
import { addConstants, affineSum, multiplyByQuantizedMultiplier } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';

function addOf(
  scales: readonly [number, number],
  zeros: readonly [number, number],
): { graph: Graph; op: Add } {
  const builder = new GraphBuilder('sum');
  const [a, b] = [0, 1].map((i) => builder.input([1, 4], { scale: scales[i]!, zeroPoint: zeros[i]! }));
  const graph = builder.build(builder.add('sum', a!, b!));
  return { graph, op: graph.ops[0] as Add };
}

describe('an ADD as one affine form', () => {
  it.each([
    [0.05, 0.034, -3, 12],
    [0.05, 0.0071, 0, -128],
    [0.11, 0.09, 127, 5],
  ])('gives all 65,536 sums (scales %d and %d)', (first, second, zeroFirst, zeroSecond) => {
    const { graph, op } = addOf([first, second], [zeroFirst, zeroSecond]);
    const form = affineSum(graph, op);
    const by = addConstants(graph, op);
    const zero = perTensor(tensorOf(graph, op.output)).zeroPoint;
    const requantised = (value: number, { multiplier, shift }: typeof by.first): number =>
      multiplyByQuantizedMultiplier(value, multiplier, shift);
    const wrong: number[] = [];
    for (let x = -128; x < 128; x++) {
      for (let y = -128; y < 128; y++) {
        const [a, b] = [(x - zeroFirst) << by.leftShift, (y - zeroSecond) << by.leftShift];
        const exact = requantised(requantised(a, by.first) + requantised(b, by.second), by.output) + zero;
        const quick = form ? (form.first * x + form.second * y + form.addend) >> form.shift : NaN;
        if (Math.min(127, Math.max(-128, exact)) !== Math.min(127, Math.max(-128, quick))) wrong.push(x, y);
      }
    }
    expect(wrong).toEqual([]);
  });
});
