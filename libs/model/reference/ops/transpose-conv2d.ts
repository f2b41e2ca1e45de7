import { type Graph, perTensor, tensorOf, type TransposeConv2d } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { biasReader, requantizedStore } from './requantizer';

/** Input pixel `from` meets the weights of tap `tap` on the way to output pixel `to`. */
interface Contribution {
  readonly from: number;
  readonly tap: number;
  readonly to: number;
}

/** Every pair of input pixel and tap that reaches the output: oy = iy * stride - top + ky, and so for x. */
function contributions(graph: Graph, { input, weights, output, stride, padding }: TransposeConv2d) {
  const [, height = 0, width = 0] = tensorOf(graph, input).shape;
  const [, kernelHeight = 0, kernelWidth = 0] = tensorOf(graph, weights).shape;
  const [, rows = 0, columns = 0] = tensorOf(graph, output).shape;
  const taps = kernelHeight * kernelWidth;
  return Array.from({ length: height * width * taps }, (_, index): readonly Contribution[] => {
    const [from, tap] = [Math.floor(index / taps), index % taps];
    const row = Math.floor(from / width) * stride.height - padding.top + Math.floor(tap / kernelWidth);
    const column = (from % width) * stride.width - padding.left + (tap % kernelWidth);
    const reaches = row >= 0 && row < rows && column >= 0 && column < columns;
    return reaches ? [{ from, tap, to: row * columns + column }] : [];
  }).flat();
}

/** TRANSPOSE_CONV: input pixels scattered over the output through the weights [O, tap, I], then requantised. */
export const transposeConv2d: PrepareForward<TransposeConv2d> = (op, machine) => {
  const { graph, memory } = machine;
  const [outputChannels = 0, kernelHeight = 0, kernelWidth = 0, inputChannels = 0] = tensorOf(
    graph,
    op.weights,
  ).shape;
  const input = memory.int8(op.input);
  const weights = memory.int8(op.weights);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const biasOf = biasReader(op, machine);
  const store = requantizedStore(op, machine);
  const reached = contributions(graph, op);

  const product = (channel: number, { from, tap }: Contribution): number => {
    const w = (channel * kernelHeight * kernelWidth + tap) * inputChannels;
    let sum = 0;
    for (let i = 0; i < inputChannels; i++) {
      sum += (weights[w + i] as number) * ((input[from * inputChannels + i] as number) - zeroPoint);
    }
    return sum;
  };

  return () => {
    const { length } = memory.int8(op.output);
    const sums = Float64Array.from({ length }, (_, i) => biasOf(i % outputChannels));
    for (const contribution of reached) {
      for (let o = 0; o < outputChannels; o++) {
        const place = contribution.to * outputChannels + o;
        sums[place] = (sums[place] as number) + product(o, contribution);
      }
    }
    sums.forEach((sum, i) => store(i, i % outputChannels, sum));
  };
};
