/** Small models that together hold every operator that a file can hold, each in its awkward forms. */
import { type Graph, type TensorId } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';

const FINER = { scale: 0.01, zeroPoint: 12 };
const UNEVEN = { top: 1, bottom: 0, left: 0, right: 2 };

type Draw = (builder: GraphBuilder) => readonly TensorId[];

/** A map of odd size. */
const map = (builder: GraphBuilder): TensorId => builder.input([1, 5, 7, 3]);

const MODELS: Readonly<Record<string, Draw>> = {
  conv: (b) => [
    b.conv('rect', map(b), {
      channels: 4,
      kernel: { height: 3, width: 2 },
      stride: { height: 2, width: 1 },
      activation: 'relu6',
    }),
  ],
  'conv-without-bias': (b) => [
    b.conv('same', map(b), { channels: 2, kernel: 3, padding: 1, biases: 'none', scales: [4e-9] }),
  ],
  'conv-dilated': (b) => [
    b.conv('wide', map(b), { channels: 2, kernel: 3, dilation: 2, activation: 'relu' }),
  ],
  depthwise: (b) => [b.depthwise('dw', map(b), { kernel: 3, padding: 1, activation: 'reluN1To1' })],
  'depthwise-multiplied': (b) => [
    b.depthwise('dw', map(b), { kernel: { height: 1, width: 5 }, multiplier: 3, stride: 2 }),
  ],
  'transpose-conv': (b) => {
    const up = b.transposeConv('up', map(b), { channels: 2, kernel: 3, stride: 2, activation: 'relu' });
    const gaps = { top: 0, bottom: -1, left: 0, right: -1 };
    return [
      b.transposeConv('gaps', up, { channels: 3, kernel: 1, stride: 2, padding: gaps, biases: 'none' }),
    ];
  },
  'fully-connected': (b) => [
    b.fullyConnected('fc', b.input([3, 6]), { channels: 4, activation: 'relu' }),
    b.fullyConnected('constant', b.constant([2, 6]), { channels: 3, scales: [0.01], biases: 'none' }),
  ],
  add: (b) => {
    const [x, y] = [map(b), b.input([1, 5, 7, 3], FINER)];
    return [b.add('sum', x, y, { ...FINER, activation: 'relu' }), b.add('bias', y, b.constant([3]))];
  },
  sub: (b) => [b.sub('gap', map(b), b.input([7, 1], FINER)), b.sub('left', b.constant([]), b.input([2, 2]))],
  mul: (b) => [b.mul('gate', map(b), b.input([1, 1, 1, 3]), { ...FINER, activation: 'relu6' })],
  activations: (b) => {
    const x = b.input([2, 9]);
    const bent = b.unary('leaky', x, { name: 'leakyRelu', alpha: 0.125 });
    const swish = b.unary('swish', bent, { name: 'hardSwish' });
    return [
      b.unary('sigmoid', swish, { name: 'logistic' }),
      b.unary('relu', swish, { name: 'relu' }),
      b.unary('relu6', x, { name: 'relu6' }, FINER),
      b.unary('unit', x, { name: 'reluN1To1' }),
      b.unary('again', x, { name: 'requantize' }, FINER),
    ];
  },
  unsigned: (b) => [
    b.unary('signed', b.input([4], { scale: 0.5, zeroPoint: 128 }, 'uint8'), { name: 'requantize' }),
  ],
  'float-boundary': (b) => {
    const [x, y] = [b.quantize('x', b.floatInput([1, 4])), b.quantize('y', b.floatInput([1, 4]), FINER)];
    return [
      b.dequantize('sum.f', b.add('sum', x, y)),
      b.dequantize('gap.f', b.sub('gap', x, y)),
      b.mul('m', x, y),
    ];
  },
  softmax: (b) => [b.softmax('out', b.input([3, 5]), 0.5)],
  reshape: (b) => [b.reshape('flat', map(b), [105])],
  pad: (b) => {
    const folded = b.conv('conv', b.pad('border', map(b), UNEVEN), { channels: 2, kernel: 3 });
    return [b.pad('all', folded, { before: [1, 0, 2, 0], after: [0, 1, 0, 3] })];
  },
  concatenation: (b) => {
    const x = map(b);
    return [b.concatenation('joined', [x, b.constant([1, 5, 7, 2]), x], 3)];
  },
  'strided-slice': (b) => {
    const x = map(b);
    const back = { begin: [0, 4, 6, 2], strides: [1, -2, -1, 1], extents: [1, 3, 7, 1] };
    const pixel = { begin: [0, 2, 1, 0], strides: [1, 1, 3, 2], extents: [1, 1, 2, 2], shape: [2, 2] };
    return [b.stridedSlice('back', x, back), b.stridedSlice('pixels', x, pixel)];
  },
  transpose: (b) => [
    b.transpose('flipped', map(b), [3, 1, 0, 2]),
    b.transpose('six', b.input([1, 2, 1, 3, 1, 2]), [5, 0, 3, 2, 1, 4]),
  ],
  'resize-nearest': (b) => {
    const x = map(b);
    return [
      b.resizeNearest('up', x, { height: 10, width: 9, halfPixelCenters: true }),
      b.resizeNearest('down', x, { height: 3, width: 7, alignCorners: true }),
    ];
  },
  pools: (b) => {
    const x = map(b);
    const same = { kernel: 3, stride: 1, padding: 1, activation: 'relu' } as const;
    return [
      b.averagePool('mean', x),
      b.averagePool('mean3', x, same),
      b.maxPool('max', x, { kernel: 2, stride: 2 }),
    ];
  },
  mean: (b) => {
    const x = map(b);
    return [
      b.mean('kept', x, { axes: [1, 2] }),
      b.mean('dropped', x, { axes: [0, 3], keepDims: false, output: FINER }),
    ];
  },
};

/** The names of the models; each holds the operators that it is named after. */
export const SEED_MODELS: readonly string[] = Object.keys(MODELS);

export function seedModel(name: string): Graph {
  const builder = new GraphBuilder(name);
  const draw = MODELS[name];
  if (draw === undefined) throw new RangeError(`there is no seed model ${name}`);
  return builder.build(...draw(builder));
}
