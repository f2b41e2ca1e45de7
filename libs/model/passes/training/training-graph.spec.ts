import { unwrap } from '#libs/base/result';
import { checkGraph, dumpGraph, type Graph, type TensorId, variablesOf } from '#libs/model/ir';
import { mantissaBits } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';
import { autoencoder, between, OPERATORS } from '#test/support/trained-operators';
import { trainingGraph } from './training-graph';

const scheme = (biasLayers: number, ...layers: number[]) => ({
  name: 'test',
  biasLayers,
  weightLayers: layers.map((layer) => ({ layer, ratio: 1 })),
});

const RESIDUAL = `graph residual(input)
stem.save saveInput(input) -> stem.x: int8[2,48]
stem conv2d(input, stem.w.trained, stem.b.trained) -> stem: int8[1,4,3,4], stem.mask: mask[1,4,3,4]
b1.ex conv2d(stem, b1.ex.w, b1.ex.b.trained) -> b1.ex: int8[1,4,3,8], b1.ex.mask: mask[1,4,3,8]
b1.dw.save saveInput(b1.ex) -> b1.dw.x: int8[8,12]
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
b1.dw.w.update weightUpdate(b1.dw.h, b1.dw.x, b1.dw.w.trained) -> in place
b1.ex.scale scaleGradient(b1.ex.g) -> b1.ex.h: blockFloat[8,12]
b1.ex.backward inputGradient(b1.ex.h, b1.ex.w, stem.mask, b1.pw.kept) -> stem.g: blockFloat[4,12]
b1.ex.b.update biasUpdate(b1.ex.h, b1.ex.b.trained) -> in place
stem.scale scaleGradient(stem.g) -> stem.h: blockFloat[4,12]
stem.b.update biasUpdate(stem.h, stem.b.trained) -> in place
stem.w.update weightUpdate(stem.h, stem.x, stem.w.trained) -> in place
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
    ['more than a whole layer', { ...scheme(4), weightLayers: [{ layer: 2, ratio: 1.5 }] }],
  ])('with %s is refused as invalid', (_, refused) => {
    expect(trainingGraph(residualNetwork(), refused)).toMatchObject({
      ok: false,
      error: { code: 'scheme.invalid' },
    });
  });
});

type Build = (builder: GraphBuilder) => Graph;

/** A convolution, what stands behind it, a convolution, a classifier; or a network of its own. */
const classified = (b: GraphBuilder, x: TensorId): Graph =>
  b.build(b.fullyConnected('fc', b.averagePool('pool', x), { channels: 2 }));

const UNTRAINABLE: readonly (readonly [name: string, operator: string, biasLayers: number, build: Build])[] =
  [
    [
      'that ends in no dense layer',
      'conv',
      0,
      (b) => b.build(b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 })),
    ],
    [
      'with 300 classes',
      'fc',
      0,
      (b) => b.build(b.fullyConnected('fc', b.averagePool('pool', b.input([1, 2, 2, 3])), { channels: 300 })),
    ],
    [
      'with a softmax on the gradient path',
      'inner',
      1,
      (b) => classified(b, b.softmax('inner', b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 }))),
    ],
    [
      'with a transposed convolution on the gradient path',
      'up',
      2,
      (b) => {
        const conv = b.conv('conv', b.input([1, 2, 2, 1]), { channels: 2 });
        return classified(b, b.transposeConv('up', conv, { channels: 3, kernel: 2, stride: 2 }));
      },
    ],
    [
      'with a layer without biases',
      'bare',
      1,
      (b) => classified(b, b.conv('bare', b.input([1, 3, 3, 1]), { channels: 2, biases: 'none' })),
    ],
    [
      'whose pool takes the largest of 400',
      'most',
      1,
      (b) => classified(b, b.maxPool('most', b.conv('conv', b.input([1, 20, 20, 1]), { channels: 2 }))),
    ],
    [
      'with a trained layer that the loss does not depend on',
      'side',
      2,
      (b) => {
        const conv = b.conv('conv', b.input([1, 3, 3, 1]), { channels: 2 });
        b.conv('side', conv, { channels: 2 });
        return classified(b, conv);
      },
    ],
  ];

describe('a network', () => {
  it.each(UNTRAINABLE)('%s is refused, naming %s', (_, operator, biasLayers, build) => {
    const result = trainingGraph(build(new GraphBuilder('refused')), scheme(biasLayers));
    expect(result).toMatchObject({ ok: false, error: { code: 'scheme.not-trainable', operator } });
  });

  it.each([
    [
      'two inputs',
      (b: GraphBuilder) => classified(b, b.add('sum', b.input([1, 2, 2, 3]), b.input([1, 2, 2, 3]))),
    ],
    ['no layer', (b: GraphBuilder) => b.build(b.averagePool('pool', b.input([1, 2, 2, 3])))],
    [
      'a float32 number as output',
      (b: GraphBuilder) =>
        b.build(b.dequantize('out', b.fullyConnected('fc', b.input([1, 4]), { channels: 1 }))),
    ],
  ])('with %s is refused', (_, build) => {
    const result = trainingGraph(build(new GraphBuilder('refused')), scheme(0));
    expect(result).toMatchObject({ ok: false, error: { code: 'scheme.not-trainable' } });
  });
});

describe('the training graph of', () => {
  it('an ADD between ADDs takes their gradients through its own clamp', () => {
    expect(
      backwardOf(unwrap(trainingGraph(between(OPERATORS['an ADD that feeds an ADD']!, 1), scheme(5)))),
    ).toEqual([
      'fc.backward headInputGradient(fc.e, fc.w.trained, last.mask) -> last.g',
      'last.scale scaleGradient(last.g) -> last.h',
      'last.backward inputGradient(last.h, last.w, outer.mask) -> outer.g',
      'third.keep copyGradient(outer.g) -> third.kept',
      'third.scale scaleGradient(outer.g, third.mask) -> third.h',
      'third.backward inputGradient(third.h, third.w, first.mask) -> first.g',
      'inner.back addGradient(third.kept, inner.mask) -> inner.g',
      'right.keep copyGradient(inner.g) -> right.kept',
      'right.scale scaleGradient(inner.g, right.mask) -> right.h',
      'right.backward inputGradient(right.h, right.w, first.mask, first.g) -> first.g2',
      'left.scale scaleGradient(right.kept, left.mask) -> left.h',
      'left.backward inputGradient(left.h, left.w, first.mask, first.g2) -> first.g3',
      'first.scale scaleGradient(first.g3) -> first.h',
    ]);
  });

  it('a gate records the clamp of its product and adds the gradients of both operands', () => {
    const graph = unwrap(trainingGraph(between(OPERATORS['a MUL by a gate']!, 1), scheme(3)));
    expect(dumpGraph(graph)).toContain('gated.record recordClamp(first, open) -> gated.mask: mask[1,6,5,4]');
    expect(backwardOf(graph)).toEqual([
      'fc.backward headInputGradient(fc.e, fc.w.trained, last.mask) -> last.g',
      'last.scale scaleGradient(last.g) -> last.h',
      'last.backward inputGradient(last.h, last.w, gated.mask) -> gated.g',
      'first.back moveGradient(gated.g, open, first.mask) -> first.g',
      'open.back moveGradient(gated.g, first) -> open.g',
      'gate.back lookupGradient(open.g, gate, gate.mask) -> gate.g',
      'gate.scale scaleGradient(gate.g) -> gate.h',
      'gate.backward inputGradient(gate.h, gate.w) -> vector.g',
      'first.back2 averagePoolGradient(vector.g, first.mask) -> first.g2',
      'first.back3 addGradient(first.g2, first.g) -> first.g3',
      'first.scale scaleGradient(first.g3) -> first.h',
    ]);
  });

  it('an autoencoder compares its output with its input and trains the last layer as every other', () => {
    const graph = unwrap(trainingGraph(autoencoder(1), scheme(0)));
    expect(dumpGraph(graph).split('\n').slice(3)).toEqual([
      'dense2 fullyConnected(dense1, dense2.w, dense2.b) -> dense2: int8[1,16]',
      'out.map reshape(dense2) -> out.in: int8[1,1,1,16]',
      'out.save saveInput(out.in) -> out.x: int8[16,1]',
      'out conv2d(out.in, out.w.trained, out.b.trained) -> out.map: int8[1,1,1,40], out.mask: mask[1,1,1,40]',
      'out.rows reshape(out.map) -> out: int8[1,40]',
      'target unary(input) -> target: int8[1,40]',
      'error squaredError(out, target, label, out.mask) -> out.rows.g: blockFloat[40,1], loss: int32[1]',
      'out.scale scaleGradient(out.rows.g) -> out.h: blockFloat[40,1]',
      'out.b.update biasUpdate(out.h, out.b.trained) -> in place',
      'out.w.update weightUpdate(out.h, out.x, out.w.trained) -> in place',
      'return out',
      '',
    ]);
  });
});
