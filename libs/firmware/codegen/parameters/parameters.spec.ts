import fc from 'fast-check';
import { ByteReader } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type Graph, layersOf, type Op, type Tensor, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { requantConstants, storedBiases, storedWeights, trainingConstants } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';
import { checkParameters, packParameters, parameterLayout } from '.';
import { fieldBytes, fieldOf, type FieldName } from './layout';

const graph = residualNetwork();
const layout = parameterLayout(graph);
const image = packParameters(graph);

const withTensors = (base: Graph, change: (tensor: Tensor) => Tensor): Graph => ({
  ...base,
  tensors: base.tensors.map(change),
});

/** The elements of a field as they lie in an image. */
function valuesIn(bytes: Uint8Array, layer: number, name: FieldName): readonly number[] {
  const field = fieldOf(at(layout.layers, layer), name);
  if (!field) return [];
  const reader = new ByteReader(bytes, field.offset);
  const read = { int8: reader.i8, uint8: reader.u8, uint16: reader.u16, int32: reader.i32 }[field.type];
  return Array.from({ length: field.count }, () => read());
}

describe('the layout of a parameter image', () => {
  it('keeps its name from release to release: devices out there have programs that were built for it', () => {
    expect(parameterLayout(kwsDigitsGraph()).id).toBe(0x3153112d);
    expect(parameterLayout(kwsDigitsGraph(), 'inference').id).toBe(0x5c49aef9);
  });

  it('gives every array its own bytes, aligned to its elements', () => {
    const fields = layout.layers.flatMap((layer) => layer.fields);
    const sorted = [...fields].sort((a, b) => a.offset - b.offset);
    expect(at(sorted, 0).offset).toBe(64);
    sorted.forEach((field, i) => {
      const size = fieldBytes(field.type);
      expect(field.offset % size).toBe(0);
      const next = sorted[i + 1]?.offset ?? layout.bytes;
      expect(next).toBeGreaterThanOrEqual(field.offset + size * field.count);
    });
    for (const { fields: own } of layout.layers) expect(at(own, 0).offset % 4).toBe(0);
    expect(layout.bytes % 8).toBe(0);
  });

  it('does not depend on parameters or names', () => {
    expect(parameterLayout(residualNetwork(2))).toEqual(layout);
    const renamed = withTensors(graph, (tensor) => ({ ...tensor, name: `x${tensor.id}` }));
    expect(
      parameterLayout({ ...renamed, ops: renamed.ops.map((op, i) => ({ ...op, name: `y${i}` })) }).id,
    ).toBe(layout.id);
    const rescaled = withTensors(graph, (tensor) =>
      tensor.role === 'constant'
        ? { ...tensor, quantization: { scales: [0.5], zeroPoints: [0], axis: 0 } }
        : tensor,
    );
    expect(parameterLayout(rescaled).id).toBe(layout.id);
  });

  it('does not depend on the order in which attributes were written down', () => {
    const turned = graph.ops.map(
      (op) => Object.fromEntries(Object.entries(op).toReversed()) as unknown as Op,
    );
    const windows = turned.map((op) =>
      op.kind === 'conv2d'
        ? {
            ...op,
            window: { padding: op.window.padding, dilation: op.window.dilation, stride: op.window.stride },
          }
        : op,
    );
    expect(parameterLayout({ ...graph, ops: windows }).id).toBe(layout.id);
  });

  it('changes with everything that generated code has compiled in', () => {
    const scaled = withTensors(graph, (tensor) =>
      tensor.name === 'stem'
        ? { ...tensor, quantization: { scales: [0.25], zeroPoints: [-3], axis: 0 } }
        : tensor,
    );
    const clamped = {
      ...graph,
      ops: graph.ops.map((op) => (op.kind === 'conv2d' ? { ...op, activation: 'relu' as const } : op)),
    };
    const others = [scaled, clamped, shortcutNetwork()].map((other) => parameterLayout(other).id);
    const ids = [layout.id, parameterLayout(graph, 'inference').id, ...others];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no training constants in an image for inference', () => {
    const inference = parameterLayout(graph, 'inference');
    expect(new Set(inference.layers.flatMap(({ fields }) => fields.map(({ name }) => name)))).toEqual(
      new Set(['weights', 'bias', 'multiplier', 'shift']),
    );
    expect(packParameters(graph, 'inference')).toHaveLength(inference.bytes);
  });
});

describe('a parameter image for one training graph alone', () => {
  const layers = layersOf(graph);
  const scheme = { name: 'some', biasLayers: 2, weightLayers: [{ layer: layers.length - 2, ratio: 1 }] };
  const training = unwrap(trainingGraph(graph, scheme));
  const only = parameterLayout(graph, 'training', training);
  const namesOf = (layer: number): readonly string[] => at(only.layers, layer).fields.map(({ name }) => name);

  it('has no constants that its scheme never reads', () => {
    expect(namesOf(0)).toEqual(['weights', 'bias', 'multiplier', 'shift']);
    expect(namesOf(layers.length - 3)).not.toContain('weightStep');
    expect(namesOf(layers.length - 3)).toEqual(expect.arrayContaining(['back', 'biasStep', 'frozen']));
    expect(namesOf(layers.length - 2)).toEqual(expect.arrayContaining(['back', 'weightStep', 'biasStep']));
    expect(namesOf(layers.length - 1)).toEqual(
      at(layout.layers, layers.length - 1).fields.map(({ name }) => name),
    );
  });

  it('is smaller, and no image for any other program', () => {
    const own = packParameters(graph, 'training', training);
    expect(own).toHaveLength(only.bytes);
    expect(own.length).toBeLessThan(image.length);
    expect(only.id).not.toBe(layout.id);
    expect(checkParameters(own, only)).toEqual({ ok: true, value: undefined });
    expect(checkParameters(own, layout)).toMatchObject({ error: { code: 'parameters.other-layout' } });
  });
});

describe('a parameter image', () => {
  it('holds the constants of every layer', () => {
    layersOf(graph).forEach((op, layer) => {
      if (op.kind === 'head') return;
      const { multipliers, shifts } = requantConstants(graph, op);
      const training = trainingConstants(graph, layer);
      expect(valuesIn(image, layer, 'bias')).toEqual([...storedBiases(graph, op.bias!)]);
      expect(valuesIn(image, layer, 'multiplier')).toEqual([...multipliers]);
      expect(valuesIn(image, layer, 'shift')).toEqual([...shifts]);
      expect(valuesIn(image, layer, 'back')).toEqual([...training.gradient.mantissas]);
      expect(valuesIn(image, layer, 'backExponent')).toEqual([...training.gradient.exponents]);
      expect(valuesIn(image, layer, 'weightStep')).toEqual([...training.weightStep.mantissas]);
      expect(valuesIn(image, layer, 'biasStepExponent')).toEqual([...training.biasStep.exponents]);
    });
  });

  it('holds depthwise weights channel by channel, all others as the file has them', () => {
    const layers = layersOf(graph);
    layers.forEach((op, layer) => {
      const stored = storedWeights(graph, op.weights);
      const [, height = 1, width = 1, channels = 1] = tensorOf(graph, op.weights).shape;
      const taps = height * width;
      const expected =
        op.kind === 'depthwiseConv2d'
          ? stored.map((_, i) => at(stored, (i % taps) * channels + Math.floor(i / taps)))
          : stored;
      expect(valuesIn(image, layer, 'weights')).toEqual([...expected]);
    });
  });

  it('marks frozen channels, lowest bit first', () => {
    const builder = new GraphBuilder('dead');
    const scales = Array.from({ length: 10 }, (_, i) => (i === 1 || i === 9 ? 1e-8 : 0.01));
    const conv = builder.conv('c', builder.input([1, 4, 4, 2]), { channels: 10, scales });
    const features = builder.reshape('f', builder.averagePool('p', conv), [1, 10]);
    const dead = builder.build(builder.fullyConnected('fc', features, { channels: 2 }));
    const field = fieldOf(at(parameterLayout(dead).layers, 0), 'frozen');
    expect([...packParameters(dead).subarray(field!.offset, field!.offset + 2)]).toEqual([0b10, 0b10]);
  });

  it('is recognised, and refused when it is cut, changed, or of another model', () => {
    expect(checkParameters(image, layout)).toMatchObject({ ok: true });
    expect(checkParameters(packParameters(residualNetwork(9)), layout)).toMatchObject({ ok: true });
    expect(checkParameters(packParameters(shortcutNetwork()), layout)).toMatchObject({
      error: { code: 'parameters.other-layout' },
    });
    expect(checkParameters(new Uint8Array(10), layout)).toMatchObject({
      error: { code: 'parameters.no-image' },
    });
    fc.assert(
      fc.property(
        fc.nat(image.length - 1),
        (length) => !checkParameters(image.subarray(0, length), layout).ok,
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 32, max: image.length - 1 }), fc.nat(7), (byte, bit) => {
        const damaged = image.slice();
        damaged[byte] = at(damaged, byte) ^ (1 << bit);
        expect(checkParameters(damaged, layout)).toMatchObject({
          ok: false,
          error: { code: 'parameters.damaged' },
        });
      }),
    );
  });

  it('is the same for the same model', () => {
    expect(packParameters(residualNetwork())).toEqual(image);
    expect(unwrap(checkParameters(image, layout))).toBeUndefined();
  });
});

describe('constants that are operands', () => {
  const withConstant = (values: readonly number[], scale = 0.5): Graph => {
    const builder = new GraphBuilder('constant');
    const factor = builder.constant([3], { scale, zeroPoint: 0 }, Int8Array.from(values));
    return builder.build(builder.mul('scaled', builder.input([2, 3]), factor));
  };

  it('lie behind the layers, as the file has them', () => {
    const scaled = withConstant([7, -8, 9]);
    const { constants, bytes } = parameterLayout(scaled, 'inference');
    expect(constants).toMatchObject([{ type: 'int8', count: 3, offset: 64 }]);
    const packed = packParameters(scaled, 'inference');
    expect([packed.length, ...packed.subarray(64, 68)]).toEqual([bytes, 7, 248, 9, 0]);
    expect(checkParameters(packed, parameterLayout(scaled, 'inference'))).toMatchObject({ ok: true });
  });

  it('name the layout by their scales, not by their values', () => {
    const { id } = parameterLayout(withConstant([1, 2, 3]), 'inference');
    expect(parameterLayout(withConstant([3, 2, 1]), 'inference').id).toBe(id);
    expect(parameterLayout(withConstant([1, 2, 3], 0.25), 'inference').id).not.toBe(id);
  });
});
