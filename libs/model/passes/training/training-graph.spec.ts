import { unwrap } from '#libs/base/result';
import { checkGraph, dumpGraph, type Graph, variablesOf } from '#libs/model/ir';
import { mantissaBits } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';
import { trainingGraph } from './training-graph';

const scheme = (biasLayers: number, ...layers: number[]) => ({
  name: 'test',
  biasLayers,
  weightLayers: layers.map((layer) => ({ layer, ratio: 1 })),
});

const RESIDUAL = `graph residual(input)
stem conv2d(input, stem.w.trained, stem.b.trained) -> stem: int8[1,4,3,4], stem.mask: mask[1,4,3,4]
b1.ex conv2d(stem, b1.ex.w, b1.ex.b.trained) -> b1.ex: int8[1,4,3,8], b1.ex.mask: mask[1,4,3,8]
b1.dw depthwiseConv2d(b1.ex, b1.dw.w.trained, b1.dw.b.trained) -> b1.dw: int8[1,4,3,8], b1.dw.mask: mask[1,4,3,8]
b1.pw conv2d(b1.dw, b1.pw.w, b1.pw.b.trained) -> b1.pw: int8[1,4,3,4], b1.pw.mask: mask[1,4,3,4]
res1 add(b1.pw, stem) -> res1: int8[1,4,3,4], res1.mask: mask[1,4,3,4]
pool averagePool2d(res1) -> pool: int8[1,1,1,4]
features reshape(pool) -> features: int8[1,4]
fc head(features, fc.w.trained, fc.b.trained) -> fc.logits: int32[3]
fc.loss softmaxCrossEntropy(fc.logits, label) -> fc.e: int32[3], loss: int32[1]
fc.backward headInputGradient(fc.e, fc.w.trained, res1.mask) -> res1.g: blockFloat[4,12]
fc.update headUpdate(fc.e, features, fc.w.trained, fc.b.trained) -> in place
b1.pw.keep copyGradient(res1.g) -> b1.pw.kept: blockFloat[4,12]
b1.pw.scale scaleGradient(res1.g, b1.pw.mask) -> b1.pw.h: blockFloat[4,12]
b1.pw.backward inputGradient(b1.pw.h, b1.pw.w, b1.dw.mask) -> b1.dw.g: blockFloat[8,12]
b1.pw.b.update biasUpdate(b1.pw.h, b1.pw.b.trained) -> in place
b1.dw.scale scaleGradient(b1.dw.g) -> b1.dw.h: blockFloat[8,12]
b1.dw.backward inputGradient(b1.dw.h, b1.dw.w.trained, b1.ex.mask) -> b1.ex.g: blockFloat[8,12]
b1.dw.b.update biasUpdate(b1.dw.h, b1.dw.b.trained) -> in place
b1.dw.w.update weightUpdate(b1.dw.h, b1.ex, b1.dw.w.trained) -> in place
b1.ex.scale scaleGradient(b1.ex.g) -> b1.ex.h: blockFloat[8,12]
b1.ex.backward inputGradient(b1.ex.h, b1.ex.w, stem.mask, b1.pw.kept) -> stem.g: blockFloat[4,12]
b1.ex.b.update biasUpdate(b1.ex.h, b1.ex.b.trained) -> in place
stem.scale scaleGradient(stem.g) -> stem.h: blockFloat[4,12]
stem.b.update biasUpdate(stem.h, stem.b.trained) -> in place
stem.w.update weightUpdate(stem.h, input, stem.w.trained) -> in place
return fc.logits
`;

const HEAD_ONLY = `graph residual(input)
stem conv2d(input, stem.w, stem.b) -> stem: int8[1,4,3,4]
b1.ex conv2d(stem, b1.ex.w, b1.ex.b) -> b1.ex: int8[1,4,3,8]
b1.dw depthwiseConv2d(b1.ex, b1.dw.w, b1.dw.b) -> b1.dw: int8[1,4,3,8]
b1.pw conv2d(b1.dw, b1.pw.w, b1.pw.b) -> b1.pw: int8[1,4,3,4]
res1 add(b1.pw, stem) -> res1: int8[1,4,3,4]
pool averagePool2d(res1) -> pool: int8[1,1,1,4]
features reshape(pool) -> features: int8[1,4]
fc head(features, fc.w.trained, fc.b.trained) -> fc.logits: int32[3]
fc.loss softmaxCrossEntropy(fc.logits, label) -> fc.e: int32[3], loss: int32[1]
fc.update headUpdate(fc.e, features, fc.w.trained, fc.b.trained) -> in place
return fc.logits
`;

/** The backward half, one operator a line. */
const backwardOf = (graph: Graph): string[] =>
  dumpGraph(graph)
    .split('\n')
    .filter((line) => /Gradient\(/.test(line))
    .map((line) => line.replace(/: blockFloat.*/, ''));

describe('the training graph', () => {
  it('of a residual network keeps the skip gradient and updates as soon as it can', () => {
    expect(dumpGraph(unwrap(trainingGraph(residualNetwork(), scheme(4, 0, 2))))).toBe(RESIDUAL);
  });

  it('of the head alone has no mask and no gradient', () => {
    expect(dumpGraph(unwrap(trainingGraph(residualNetwork(), scheme(0))))).toBe(HEAD_ONLY);
  });

  it('keeps no skip gradient for a branch that nothing trained is on', () => {
    expect(backwardOf(unwrap(trainingGraph(residualNetwork(), scheme(3))))).toEqual([
      'fc.backward headInputGradient(fc.e, fc.w.trained, res1.mask) -> res1.g',
      'b1.pw.scale scaleGradient(res1.g, b1.pw.mask) -> b1.pw.h',
      'b1.pw.backward inputGradient(b1.pw.h, b1.pw.w, b1.dw.mask) -> b1.dw.g',
      'b1.dw.scale scaleGradient(b1.dw.g) -> b1.dw.h',
      'b1.dw.backward inputGradient(b1.dw.h, b1.dw.w, b1.ex.mask) -> b1.ex.g',
      'b1.ex.scale scaleGradient(b1.ex.g) -> b1.ex.h',
    ]);
  });

  it('of two convolutions into one ADD shares its gradient and sums what comes back to their common input', () => {
    expect(backwardOf(unwrap(trainingGraph(shortcutNetwork(), scheme(4))))).toEqual([
      'classifier.backward headInputGradient(classifier.e, classifier.w.trained, sum.mask) -> sum.g',
      'main.b.keep copyGradient(sum.g) -> main.b.kept',
      'main.b.scale scaleGradient(sum.g, main.b.mask) -> main.b.h',
      'main.b.backward inputGradient(main.b.h, main.b.w, main.a.mask) -> main.a.g',
      'main.a.scale scaleGradient(main.a.g) -> main.a.h',
      'main.a.backward inputGradient(main.a.h, main.a.w, stem.mask) -> stem.g',
      'short.scale scaleGradient(main.b.kept, short.mask) -> short.h',
      'short.backward inputGradient(short.h, short.w, stem.mask, stem.g) -> stem.g2',
      'stem.scale scaleGradient(stem.g2) -> stem.h',
    ]);
  });

  it('leaves the ids and the data of the model where they were', () => {
    const inference = residualNetwork();
    const training = unwrap(trainingGraph(inference, scheme(4, 0)));
    expect(training.tensors.slice(0, inference.tensors.length)).toEqual(inference.tensors);
    expect(checkGraph(training)).toEqual([]);
  });

  it('lists its variables in graph order, weights before biases', () => {
    const variables = variablesOf(unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.sparse)));
    expect(variables.map(({ layer, kind }) => `${layer} ${kind}`).join(', ')).toBe(
      '9 weights, 9 bias, 10 bias, 11 bias, 12 weights, 12 bias, 13 bias, 14 bias, 15 weights, 15 bias, 16 bias, 17 bias, 18 head, 18 bias',
    );
  });

  it('has 13 mantissa bits on kws-digits, whatever is trained (N4)', () => {
    for (const kwsScheme of Object.values(KWS_SCHEMES)) {
      expect(mantissaBits(unwrap(trainingGraph(kwsDigitsGraph(), kwsScheme)))).toBe(13);
    }
  });
});

describe('a scheme', () => {
  it.each([
    ['more bias layers than there are', scheme(5)],
    ['weights outside the bias-trained layers', scheme(2, 1)],
    ['weights of the head', scheme(4, 4)],
    ['a layer twice', scheme(4, 1, 1)],
    ['a fraction of a layer', { ...scheme(4), weightLayers: [{ layer: 2, ratio: 0.5 }] }],
  ])('with %s is refused as invalid', (_, refused) => {
    expect(trainingGraph(residualNetwork(), refused)).toMatchObject({
      ok: false,
      error: { code: 'scheme.invalid' },
    });
  });
});

type Build = (builder: GraphBuilder) => Graph;

const UNTRAINABLE: readonly (readonly [name: string, operator: string, biasLayers: number, build: Build])[] =
  [
    [
      'that ends in no dense layer',
      'conv',
      0,
      (b) => b.build(b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 })),
    ],
    [
      'without a global pool',
      'fc',
      0,
      (b) =>
        b.build(b.fullyConnected('fc', b.reshape('flat', b.input([1, 2, 2, 1]), [1, 4]), { channels: 2 })),
    ],
    [
      'with one class',
      'fc',
      0,
      (b) => b.build(b.fullyConnected('fc', b.averagePool('pool', b.input([1, 2, 2, 3])), { channels: 1 })),
    ],
    [
      'with a padding on the gradient path',
      'frame',
      1,
      (b) => {
        const conv = b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 });
        const frame = b.pad('frame', conv, { top: 1, bottom: 1, left: 1, right: 1 });
        return b.build(b.fullyConnected('fc', b.averagePool('pool', frame), { channels: 2 }));
      },
    ],
    [
      'with a product on the gradient path',
      'gated',
      1,
      (b) => {
        const conv = b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 });
        const gated = b.mul('gated', conv, b.constant([2]));
        return b.build(b.fullyConnected('fc', b.averagePool('pool', gated), { channels: 2 }));
      },
    ],
    [
      'whose ADD stretches an operand',
      'shifted',
      1,
      (b) => {
        const conv = b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 });
        const shifted = b.add('shifted', conv, b.constant([2]));
        return b.build(b.fullyConnected('fc', b.averagePool('pool', shifted), { channels: 2 }));
      },
    ],
    [
      'that adds a tensor to itself',
      'twice',
      1,
      (b) => {
        const conv = b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 });
        return b.build(
          b.fullyConnected('fc', b.averagePool('pool', b.add('twice', conv, conv)), { channels: 2 }),
        );
      },
    ],
    [
      'whose ADD reads nothing but an ADD',
      'inner',
      3,
      (b) => {
        const first = b.conv('first', b.input([1, 3, 3, 1]), { channels: 2 });
        const second = b.conv('second', first, { channels: 2 });
        const third = b.conv('third', second, { channels: 2 });
        const outer = b.add('outer', third, b.add('inner', second, first));
        return b.build(b.fullyConnected('fc', b.averagePool('pool', outer), { channels: 2 }));
      },
    ],
  ];

describe('a network', () => {
  it.each(UNTRAINABLE)('%s is refused, naming %s', (_, operator, biasLayers, build) => {
    const result = trainingGraph(build(new GraphBuilder('refused')), scheme(biasLayers));
    expect(result).toMatchObject({ ok: false, error: { code: 'scheme.not-trainable', operator } });
  });
});
