import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { type Graph, graphMacs, layersOf, parameterCount, type Tensor, tensorOf } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';
import { importTflite, writeTflite } from '#libs/model/tflite';
import { describeWithShared, SHARED, sharedBytes } from '#test/support/shared-files';
import { makeKwsDigits } from './make-model';

const FACTORY = 'models/kws-digits';
const ITEM_BYTES = 49 * 40;
const committed = new Uint8Array(readFileSync(join(__dirname, '../../model/kws-digits.tflite')));
const graph: Graph = unwrap(importTflite(committed));
const named = (name: string): Tensor => graph.tensors.find((tensor) => tensor.name === name) as Tensor;
const elements = (ids: readonly Tensor['id'][]): number =>
  ids.reduce(
    (sum, id) => sum + tensorOf(graph, id).shape.reduce((product, extent) => product * extent, 1),
    0,
  );

describe('the demo model as committed', () => {
  test('takes 49 frames of 40 bands and gives 10 logits, int8', () => {
    expect(graph.name).toBe('kws-digits');
    expect(graph.inputs.map((id) => tensorOf(graph, id))).toMatchObject([
      { name: 'in', type: 'int8', shape: [1, 49, 40, 1] },
    ]);
    expect(graph.outputs.map((id) => tensorOf(graph, id))).toMatchObject([
      { name: 'fc', type: 'int8', shape: [1, 10] },
    ]);
    expect(named('in').quantization).toEqual({
      scales: [Math.fround(0.015719066881665997)],
      zeroPoints: [-33],
      axis: 0,
    });
    expect(named('fc').quantization?.zeroPoints).toEqual([0]);
  });

  test('is a stem, six blocks with two residual sums, a mean and a classifier', () => {
    const short = {
      conv2d: 'c',
      depthwiseConv2d: 'd',
      pad: 'p',
      add: '+',
      averagePool2d: 'm',
      reshape: 'r',
      fullyConnected: 'f',
    };
    const sequence = graph.ops.map((op) => short[op.kind as keyof typeof short]).join('');
    expect(sequence).toBe(['pc', 'dc', 'cpdc', 'cdc+', 'cpdc', 'cdc+', 'cdc', 'mrf'].join(''));
    expect(graph.ops.filter((op) => op.kind === 'add').map((op) => op.name)).toEqual(['res3', 'res5']);
  });

  test('has 38,250 parameters and costs 2.59 million multiply-accumulates', () => {
    const layers = layersOf(graph);
    expect(layers.length).toBe(19);
    expect(elements(layers.map((layer) => layer.weights))).toBe(37136);
    expect(elements(layers.flatMap((layer) => layer.bias ?? []))).toBe(1114);
    expect(parameterCount(graph)).toBe(38250);
    expect(Math.round(graphMacs(graph) / 1e4)).toBe(259);
  });

  test('pads by an operator of its own only where a stride of 2 meets an even extent', () => {
    const pads = graph.ops.filter((op) => op.kind === 'pad');
    expect(pads.map((op) => op.name)).toEqual(['stem.pad', 'b2.dw.pad', 'b4.dw.pad']);
    for (const pad of pads) expect(pad).toMatchObject({ before: [0, 1, 1, 0], after: [0, 1, 1, 0] });
  });

  test('biases are in the scale of their sums, in float32, a channel each', () => {
    for (const layer of layersOf(graph)) {
      const input = tensorOf(graph, layer.input).quantization!.scales[0]!;
      const weights = tensorOf(graph, layer.weights).quantization!.scales;
      const bias = tensorOf(graph, layer.bias!);
      expect(bias.shape).toEqual([weights.length]);
      expect(bias.quantization?.scales).toEqual(weights.map((scale) => Math.fround(input * scale)));
    }
  });

  test('a fused RELU6 starts at zero point -128', () => {
    const clamped = layersOf(graph).filter((layer) => 'activation' in layer && layer.activation === 'relu6');
    expect(clamped.length).toBe(12);
    for (const layer of clamped)
      expect(tensorOf(graph, layer.output).quantization?.zeroPoints).toEqual([-128]);
    expect(named('b1.dw').quantization?.scales).toEqual([Math.fround(6 / 255)]);
  });

  test('is what the writer makes of its graph, in less than 64 KiB', () => {
    const description = 'Fleetlearn kws-digits: trained on synthetic speech';
    expect(unwrap(writeTflite(graph, { description }))).toEqual(committed);
    expect(committed.length).toBeLessThan(65536);
  });
});

describeWithShared(
  [`${FACTORY}/factory-espeak.json`, `${FACTORY}/factory-espeak.golden-in.i8`],
  'the demo model, made again',
  () => {
    test('from the factory network, has the same bytes', () => {
      expect(makeKwsDigits(join(SHARED, FACTORY))).toEqual(committed);
    });

    test('gives the golden logits within a fixed-point requantiser of their float emulation', () => {
      const inputs = new Int8Array(sharedBytes(`${FACTORY}/factory-espeak.golden-in.i8`).buffer);
      const golden = new Float32Array(sharedBytes(`${FACTORY}/factory-espeak.golden-logits.f32`).buffer);
      const [output] = graph.outputs;
      const scale = named('fc').quantization?.scales[0] ?? 0;
      for (let item = 0; item < inputs.length / ITEM_BYTES; item++) {
        const values = runGraph(graph, [inputs.slice(item * ITEM_BYTES, (item + 1) * ITEM_BYTES)]);
        const logits = [...(values.get(output!) as Int8Array)].map((value) => value * scale);
        const wanted = [...golden.subarray(10 * item, 10 * item + 10)];
        expect(logits.indexOf(Math.max(...logits))).toBe(wanted.indexOf(Math.max(...wanted)));
        for (const [i, logit] of logits.entries())
          expect(Math.abs(logit - (wanted[i] ?? 0))).toBeLessThan(0.3);
      }
    });
  },
);
