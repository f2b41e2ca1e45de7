/** Small networks to train, one for every operator that a gradient comes back through, and for every ending. */
import { elementCount, type Graph, type TensorId } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';

/** Puts an operator behind a map [1,6,5,4] (endings: [1,4,3,6]). */
export type Draw = (b: GraphBuilder, x: TensorId) => TensorId;

const branch = (b: GraphBuilder, name: string, x: TensorId, channels = 4): TensorId =>
  b.conv(name, x, { channels, kernel: 3, padding: 1 });

/** What stands between two trained convolutions. */
export const OPERATORS: Readonly<Record<string, Draw>> = {
  'an ADD of a tensor to itself': (b, x) => b.add('twice', x, x),
  'an ADD of a constant a channel': (b, x) => b.add('shifted', x, b.constant([4])),
  'an ADD of a stretched vector': (b, x) => b.add('sum', x, b.averagePool('vector', branch(b, 'side', x))),
  'an ADD that feeds an ADD': (b, x) => {
    const inner = b.add('inner', branch(b, 'left', x), branch(b, 'right', x));
    return b.add('outer', inner, branch(b, 'third', x));
  },
  'ADDs that read one tensor': (b, x) => {
    const left = branch(b, 'left', x);
    return b.add('outer', b.add('one', left, x), b.add('two', left, x));
  },
  'a SUB': (b, x) => b.sub('difference', branch(b, 'left', x), branch(b, 'right', x)),
  'a SUB of a stretched vector': (b, x) => b.sub('less', b.averagePool('vector', branch(b, 'side', x)), x),
  'a MUL of two maps': (b, x) => b.mul('product', branch(b, 'left', x), x, { scale: 0.2, zeroPoint: 3 }),
  'a MUL of a tensor with itself': (b, x) => b.mul('square', x, x, { scale: 0.2, zeroPoint: 3 }),
  'a MUL by a constant a channel': (b, x) => b.mul('scaled', x, b.constant([4])),
  'a MUL by a gate': (b, x) => {
    const vector = b.conv('gate', b.averagePool('vector', x), { channels: 4 });
    return b.mul('gated', x, b.unary('open', vector, { name: 'logistic' }));
  },
  'a MUL by one number': (b, x) =>
    b.mul('scaled', x, b.conv('gate', b.averagePool('vector', x), { channels: 1 }), {
      scale: 0.2,
      zeroPoint: 3,
    }),
  'RELU after ADD': (b, x) => b.unary('relu', b.add('sum', branch(b, 'left', x), x), { name: 'relu' }),
  RELU6: (b, x) => b.unary('relu6', x, { name: 'relu6' }, b.affineOf(x)),
  RELU_N1_TO_1: (b, x) => b.unary('relu1', x, { name: 'reluN1To1' }),
  QUANTIZE: (b, x) => b.unary('again', x, { name: 'requantize' }, { scale: 0.03, zeroPoint: 20 }),
  LEAKY_RELU: (b, x) => b.unary('leaky', x, { name: 'leakyRelu', alpha: 0.3 }),
  HARD_SWISH: (b, x) => b.unary('swish', x, { name: 'hardSwish' }),
  LOGISTIC: (b, x) => b.unary('logistic', x, { name: 'logistic' }),
  'an average pool of windows that meet': (b, x) =>
    b.averagePool('mean', x, { kernel: 3, stride: 2, padding: 1 }),
  'an average pool with a clamp': (b, x) => b.averagePool('mean', x, { kernel: 2, activation: 'relu' }),
  'a pool of largest values': (b, x) => b.maxPool('most', x, { kernel: 3, stride: 2, padding: 1 }),
  'a pool of largest values with a clamp': (b, x) => b.maxPool('most', x, { kernel: 2, activation: 'relu6' }),
  PAD: (b, x) => b.pad('frame', x, { top: 1, bottom: 2, left: 0, right: 1 }),
  'a PAD of channels': (b, x) => b.pad('frame', x, { before: [0, 0, 0, 1], after: [0, 0, 0, 2] }),
  RESIZE_NEAREST_NEIGHBOR: (b, x) => b.resizeNearest('larger', x, { height: 9, width: 7 }),
  'a CONCATENATION of channels': (b, x) => b.concatenation('all', [branch(b, 'left', x, 3), x, x], 3),
  'a CONCATENATION of rows': (b, x) => b.concatenation('all', [x, branch(b, 'left', x)], 1),
  'a STRIDED_SLICE': (b, x) =>
    b.stridedSlice('part', x, { begin: [0, 1, 4, 3], strides: [1, 2, -1, -2], extents: [1, 2, 4, 2] }),
  'a TRANSPOSE': (b, x) => b.transpose('turned', x, [0, 3, 1, 2]),
  'a RESHAPE of channels': (b, x) => b.reshape('mixed', x, [1, 6, 10, 2]),
  'a MEAN of rows': (b, x) => b.mean('rows', x, { axes: [1], output: { scale: 0.03, zeroPoint: 4 } }),
  'a MEAN of channels': (b, x) => b.mean('channels', x, { axes: [3] }),
  'a depthwise layer with a multiplier': (b, x) =>
    b.depthwise('many', x, { kernel: 3, padding: 1, multiplier: 2 }),
  'a dilated depthwise layer with strides': (b, x) =>
    b.depthwise('wide', x, { kernel: 3, padding: 2, dilation: 2, stride: 2, activation: 'relu6' }),
  'a convolution with strides and lopsided padding': (b, x) =>
    b.conv('conv', x, {
      channels: 3,
      kernel: { height: 3, width: 2 },
      stride: { height: 2, width: 1 },
      padding: { top: 0, bottom: 2, left: 1, right: 0 },
    }),
  'a layer on a vector of all': (b, x) => {
    const flat = b.reshape('flat', x, [1, elementCount(b.shapeOf(x))]);
    return b.reshape(
      'map',
      b.fullyConnected('dense', flat, { channels: 12, activation: 'relu' }),
      [1, 2, 2, 3],
    );
  },
};

/** conv -> the operator -> conv -> pool -> classifier */
export function between(draw: Draw, seed: number): Graph {
  const b = new GraphBuilder('between', seed);
  const first = b.conv('first', b.input([1, 6, 5, 3]), { channels: 4, kernel: 3, padding: 1 });
  const last = b.conv('last', draw(b, first), { channels: 5 });
  const features = b.reshape('features', b.averagePool('pool', last), [1, 5]);
  return b.build(b.fullyConnected('fc', features, { channels: 3 }));
}

/** The same for many operators, each in a branch of its own, whose features one classifier reads. */
export function sideBranches(draws: readonly Draw[], seed: number): Graph {
  const b = new GraphBuilder('branches', seed);
  const first = b.conv('first', b.input([1, 6, 5, 3]), { channels: 4, kernel: 3, padding: 1 });
  const vectors = draws.map((draw, i) =>
    b.averagePool(`pool${i}`, b.conv(`last${i}`, draw(b, first), { channels: 5 })),
  );
  const all = b.concatenation('all', vectors, 3);
  const features = b.reshape('features', all, [1, 5 * draws.length]);
  return b.build(b.fullyConnected('fc', features, { channels: 3 }));
}

/** Ways from a map [1,4,3,6] to a classifier. */
export const ENDINGS: Readonly<Record<string, Draw>> = {
  'a MEAN over height and width': (b, x) =>
    b.mean('mean', x, { axes: [1, 2], keepDims: false, output: { scale: 0.02, zeroPoint: 7 } }),
  'a flattened map': (b, x) => b.reshape('flat', x, [1, 72]),
  'a map': (_, x) => x,
  'a dense layer': (b, x) =>
    b.fullyConnected('dense', b.reshape('flat', x, [1, 72]), { channels: 10, activation: 'relu' }),
  'a global average pool that somebody else reads, too': (b, x) => {
    const mean = b.averagePool('pool', x);
    return b.add('sum', mean, b.conv('more', mean, { channels: 6 }));
  },
  'a global pool of largest values': (b, x) => b.maxPool('most', x),
};

/** A convolution, the ending, a dense classifier with a softmax. */
export function endingIn(ending: Draw, seed: number): Graph {
  const b = new GraphBuilder('ending', seed);
  const map = b.conv('map', b.input([1, 4, 3, 2]), { channels: 6, kernel: 3, padding: 1 });
  const features = ending(b, map);
  const row = b.reshape('row', features, [1, elementCount(b.shapeOf(features))]);
  return b.build(b.softmax('p', b.fullyConnected('fc', row, { channels: 3 })));
}

/** Dense layers only, which give their input again: 40, 16, 4, 16, 40. */
export function autoencoder(seed: number): Graph {
  const b = new GraphBuilder('autoencoder', seed);
  let x = b.input([1, 40]);
  for (const [i, channels] of [16, 4, 16].entries()) {
    const output = { scale: 0.04, zeroPoint: -128 };
    x = b.fullyConnected(`dense${i}`, x, { channels, activation: 'relu', output });
  }
  return b.build(b.fullyConnected('out', x, { channels: 40, output: { scale: 0.03, zeroPoint: 9 } }));
}

/** A network that gives one number between 0 and 1. */
export function regressor(seed: number): Graph {
  const b = new GraphBuilder('regressor', seed);
  const map = b.conv('map', b.input([1, 4, 3, 2]), {
    channels: 6,
    kernel: 3,
    padding: 1,
    activation: 'relu',
  });
  const row = b.reshape('row', b.averagePool('pool', map), [1, 6]);
  return b.build(b.unary('p', b.fullyConnected('fc', row, { channels: 1 }), { name: 'logistic' }));
}
