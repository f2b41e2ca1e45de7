/**
 * The published int8 networks of MCUNetV3 (arXiv 2206.15472), with channels whose scale is 4e-9 and whose bias is at the end of
 * int32: written and read as TensorFlow Lite files, and trained by the schemes that were published with them.
 */
import { toHex } from '#libs/base/bytes';
import { Rng } from '#libs/base/rng';
import { at, unwrap } from '#libs/base/result';
import { openEngine, type TargetName, type TrainJob } from '#libs/firmware/toolchain';
import { elementCount, type Graph, layersOf, perTensor, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { rateOf, storedBiases, storedWeights, trainingConstants } from '#libs/model/quant';
import { importTflite, writeTflite } from '#libs/model/tflite';
import { buildHarness, prepare, testWorkshop } from '#test/support/harness';
import { type Learnt, learntByEngine, learntByReference } from '#test/support/learnt';
import { MCUNETV3, mcunetFiles, mcunetGraph, PUBLISHED_SCHEMES } from '#test/support/mcunetv3';
import { describeWithShared } from '#test/support/shared-files';

const MINUTE = 60_000;
const CLASSES = 10;
const STEPS = 2;
const rates = { weights: rateOf(0.02), bias: rateOf(0.02), head: rateOf(0.05) };

/** Channels with a scale below 1e-6 (15, 62 and 33), and those whose bias alone is too large for 8 fractional bits. */
const DEAD_CHANNELS = { 'mbv2-w0.35': 23, 'mcunet-5fps': 63, 'proxyless-w0.3': 33 } as const;

const normalised = (graph: Graph): Graph => runPasses(graph, INFERENCE_PASSES);

/** A picture: smooth, with some noise. */
function picture(graph: Graph, seed: number): Int8Array {
  const rng = new Rng(seed);
  const { shape } = tensorOf(graph, at(graph.inputs, 0));
  const [, , width = 1, channels = 1] = shape;
  return Int8Array.from({ length: elementCount(shape) }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const wave = Math.sin((x + seed * 11) / 9) * Math.cos((y - seed * 5) / 7 + (i % channels));
    return Math.max(-128, Math.min(127, Math.round(90 * wave) + rng.below(31) - 15));
  });
}

/** The largest magnitude that bias and sum of any channel can reach. */
function largestSum(graph: Graph): number {
  return Math.max(
    ...layersOf(graph).flatMap((op) => {
      if (op.bias === undefined) return [];
      const { zeroPoint } = perTensor(tensorOf(graph, op.input));
      const widest = Math.max(127 - zeroPoint, zeroPoint + 128);
      const [weights, biases] = [storedWeights(graph, op.weights), storedBiases(graph, op.bias)];
      const sums = new Float64Array(biases.length);
      const isDepthwise = op.kind === 'depthwiseConv2d';
      weights.forEach((weight, i) => {
        const o = isDepthwise ? i % biases.length : Math.floor((i * biases.length) / weights.length);
        sums[o] = (sums[o] ?? 0) + Math.abs(weight) * widest;
      });
      return Array.from(biases, (bias, o) => Math.abs(bias) + (sums[o] ?? 0));
    }),
  );
}

const frozenChannels = (graph: Graph): number =>
  layersOf(graph).reduce(
    (sum, _, layer) => sum + trainingConstants(graph, layer).frozen.reduce((a, b) => a + b, 0),
    0,
  );

describe.each(MCUNETV3)('%s', (model) => {
  describeWithShared(mcunetFiles(model), 'as published', () => {
    const inference = normalised(mcunetGraph(model, CLASSES));

    it('is the same network after it was written as a file and read again', () => {
      const graph = mcunetGraph(model, CLASSES);
      const read = unwrap(importTflite(unwrap(writeTflite(graph)), { name: graph.name }));
      expect(read.ops.map(({ kind }) => kind)).toEqual(graph.ops.map(({ kind }) => kind));
      const [ours, theirs] = [inference, normalised(read)];
      expect(layersOf(theirs).length).toBe(layersOf(ours).length);
      layersOf(ours).forEach((op, i) => {
        const other = at(layersOf(theirs), i);
        for (const [mine, its] of [
          [op.weights, other.weights],
          [op.bias, other.bias],
        ] as const) {
          const [a, b] = [tensorOf(ours, mine ?? op.weights), tensorOf(theirs, its ?? other.weights)];
          expect(toHex(b.data ?? new Uint8Array(0))).toBe(toHex(a.data ?? new Uint8Array(0)));
          expect(b.quantization).toEqual(a.quantization);
        }
      });
    });

    it('has sums that stay within int32, dead channels too, and these are frozen', () => {
      expect(largestSum(inference)).toBeLessThan(2 ** 31);
      expect(frozenChannels(inference)).toBe(DEAD_CHANNELS[model]);
    });

    const schemes = PUBLISHED_SCHEMES.filter((scheme) => scheme.model === model);

    test.each(schemes.map((scheme) => [scheme.name, scheme] as const))(
      'can be trained by %s, each trained layer with its input kept',
      (_, scheme) => {
        const graph = unwrap(trainingGraph(inference, scheme));
        const saved = graph.ops.filter((op) => op.kind === 'saveInput');
        expect(saved.length).toBe(scheme.weightLayers.length);
      },
    );

    const smallest = at(schemes, 0);
    const targets: readonly (readonly [TargetName, boolean])[] = [
      ['wasm', false],
      ['native', true],
      ['arm', false],
    ];
    const inputs = [picture(inference, 1), picture(inference, 2)];
    const graph = unwrap(trainingGraph(inference, smallest));
    let expected: Learnt | undefined;

    test.each(targets)(
      `trained by ${smallest.name} gives the bytes of the reference on %s`,
      async (target, sanitize) => {
        const { parameters, model: generated } = prepare(graph, inference);
        const job: TrainJob = {
          parameters,
          inputs,
          steps: Array.from({ length: STEPS }, (_, i) => ({ input: i, label: 3 * i })),
          seed: 5,
          rates: [{ firstStep: 0, ...rates }],
          digests: false,
        };
        expected ??= learntByReference(graph, job);
        const built = await buildHarness(target, generated, { sanitize, trace: true });
        const result = unwrap(await openEngine(testWorkshop, built).train(job));
        expect(learntByEngine(result)).toEqual(expected);
      },
      5 * MINUTE,
    );
  });
});
