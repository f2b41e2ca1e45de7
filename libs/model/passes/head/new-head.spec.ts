import { unwrap } from '#libs/base/result';
import { elementCount, type FullyConnected, type Graph, perTensor, tensorOf } from '#libs/model/ir';
import { createSession, runGraph } from '#libs/model/reference';
import { accuracyOf, runSession, sessionSchedule } from '#libs/model/session';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { importTflite, writeTflite } from '#libs/model/tflite';
import { GraphBuilder } from '#test/support/graph-builder';
import { smallInference } from '#test/support/small-model';
import { learnableRows, sessionRows } from '#test/support/training-rows';
import { freshRows, type HeadWish, newHeadOf, withNewHead } from '.';

type Ending = 'logits' | 'softmax' | 'conv' | 'relu' | 'number' | 'logistic' | 'map';
const FEATURES = 6;

/** 8x6x2 in, six features, three classes, with one of several endings. */
function network(ending: Ending = 'softmax'): Graph {
  const builder = new GraphBuilder('net');
  const input = builder.input([1, 8, 6, 2]);
  const stem = builder.conv('stem', input, {
    channels: FEATURES,
    kernel: 3,
    padding: 1,
    activation: 'relu6',
  });
  if (ending === 'map') return builder.build(stem);
  const pooled = builder.averagePool('pool', stem);
  if (ending === 'conv') {
    const logits = builder.reshape('flat', builder.conv('fc', pooled, { channels: 3 }), [1, 3]);
    return builder.build(builder.softmax('softmax', logits));
  }
  const channels = ending === 'number' ? 1 : 3;
  const activation = ending === 'relu' ? 'relu' : 'none';
  const logits = builder.fullyConnected('fc', builder.reshape('features', pooled, [1, FEATURES]), {
    channels,
    activation,
  });
  if (ending === 'logistic') return builder.build(builder.unary('logistic', logits, { name: 'logistic' }));
  return builder.build(ending === 'softmax' ? builder.softmax('softmax', logits) : logits);
}

const wanted = (wish: HeadWish) => {
  const head = unwrap(newHeadOf(wish));
  if (!head) throw new Error('no head was asked for');
  return head;
};
const withHead = (graph: Graph, wish: HeadWish): Graph => unwrap(withNewHead(graph, wanted(wish)));
const refusal = (graph: Graph, wish: HeadWish): string | undefined => {
  const after = withNewHead(graph, wanted(wish));
  return after.ok ? undefined : after.error.code;
};

const headOf = (graph: Graph): FullyConnected => {
  const head = graph.ops.find((op) => op.kind === 'fullyConnected');
  if (!head) throw new Error('no head');
  return head;
};

describe('a new head', () => {
  it.each(['logits', 'softmax', 'conv'] as const)(
    'takes the place of one with %s at its end, and can be trained',
    (ending) => {
      const before = network(ending);
      const after = withHead(before, { classes: 7 });
      expect(after.ops.map(({ kind, name }) => [kind, name])).toEqual(
        before.ops.map(({ kind, name }) => [kind, name]),
      );
      expect(after.tensors).toHaveLength(before.tensors.length);
      for (const id of after.outputs) expect(elementCount(tensorOf(after, id).shape)).toBe(7);
      expect(trainingGraph(after, { name: 'last', biasLayers: 0, weightLayers: [] }).ok).toBe(true);
      const again = unwrap(importTflite(unwrap(writeTflite(after)), { name: 'net' }));
      expect(again).toEqual(after);
    },
  );

  it('begins with small weights of one scale, biases 0 and logits around 0', () => {
    const after = withHead(network('logits'), { classes: 200, seed: 9 });
    const head = headOf(after);
    const weights = tensorOf(after, head.weights);
    const values = [...new Int8Array(weights.data ?? [])];
    expect(weights.shape).toEqual([200, FEATURES]);
    expect([Math.min(...values), Math.max(...values)]).toEqual([-4, 4]);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(0.3);
    expect(new Set(weights.quantization?.scales).size).toBe(1);
    expect(tensorOf(after, head.bias ?? head.input).data).toEqual(new Uint8Array(4 * 200));
    expect(perTensor(tensorOf(after, head.output))).toEqual({ scale: 0.25, zeroPoint: 0 });
  });

  it('is drawn from the seed, and only from it', () => {
    const bytes = (seed: number) => unwrap(writeTflite(withHead(network(), { classes: 5, seed })));
    expect(bytes(3)).toEqual(bytes(3));
    expect(bytes(3)).not.toEqual(bytes(4));
  });

  it('has a scale that follows the units of the features, and never freezes a class', () => {
    const features = { count: 64, scale: 0.03, zeroPoint: -128 };
    const { scale } = freshRows(2, features, 1);
    expect(scale).toBeCloseTo(1 / (0.03 * 255 * 8), 8);
    expect(freshRows(2, { ...features, scale: 0.3 }, 1).scale).toBeCloseTo(scale / 10, 9);
    expect(freshRows(2, { ...features, zeroPoint: 0 }, 1).scale).toBeCloseTo(1 / (0.03 * 128 * 8), 8);
    expect(freshRows(2, { ...features, scale: 1e9 }, 1).scale).toBeGreaterThan(1e-6);
  });

  it('replaces one that can not be trained: a number, an activation, a thousand classes', () => {
    expect(withHead(network('number'), { classes: 4 }).outputs).toHaveLength(1);
    expect(headOf(withHead(network('relu'), { classes: 4 })).activation).toBe('none');
    const builder = new GraphBuilder('large');
    const large = builder.build(builder.fullyConnected('fc', builder.input([1, 8]), { channels: 1000 }));
    expect(tensorOf(withHead(large, { classes: 10 }), headOf(large).output).shape).toEqual([1, 10]);
  });

  it('goes behind the float boundary of a file', () => {
    const before = network();
    const output = { id: before.tensors.length, name: 'real', type: 'float32', shape: [1, 3] } as const;
    const [int8] = before.outputs;
    if (int8 === undefined) throw new Error('the network has an output');
    const real = before.tensors.length as typeof int8;
    const file: Graph = {
      ...before,
      tensors: [...before.tensors, { ...output, id: real, role: 'activation' }],
      ops: [...before.ops, { kind: 'dequantize', name: 'real', input: int8, output: real }],
      outputs: [real],
    };
    const after = withHead(file, { classes: 5 });
    expect(tensorOf(after, real)).toMatchObject({ type: 'float32', shape: [1, 5] });
    expect(unwrap(importTflite(unwrap(writeTflite(after)), { name: 'net' }))).toEqual(after);
  });
});

describe('known classes that are kept', () => {
  const input = Int8Array.from({ length: 96 }, (_, i) => (i * 53) % 256);

  it.each(['logits', 'conv'] as const)('have the same logits, bit for bit (%s)', (ending) => {
    const before = network(ending);
    const after = withHead(before, { classes: 5, keep: true });
    const logits = (graph: Graph): Int8Array => {
      const head = graph.ops.find(({ name }) => name === 'fc');
      if (!head || !('output' in head)) throw new Error('no head');
      return runGraph(graph, [input]).get(head.output) as Int8Array;
    };
    expect(logits(after)).toHaveLength(5);
    expect(logits(after).subarray(0, 3)).toEqual(logits(before));
  });

  it('are the whole head where none is added', () => {
    const before = network();
    expect(withHead(before, { classes: 3, keep: true })).toBe(before);
  });

  it.each([
    ['where they do not fit', network(), { classes: 2, keep: true }, 'head.keep-drops'],
    ['of a number', network('number'), { classes: 3, keep: true }, 'head.nothing-to-keep'],
    ['behind an activation', network('relu'), { classes: 4, keep: true }, 'head.nothing-to-keep'],
  ] as const)('are refused %s', (_, graph, wish, code) => {
    expect(refusal(graph, wish)).toBe(code);
  });
});

describe('a head is refused', () => {
  it.each([
    ['a map', network('map')],
    ['what follows the last layer', network('logistic')],
  ])('for %s', (_, graph) => {
    expect(refusal(graph, { classes: 4 })).toBe('head.no-dense');
  });

  it('for a network that would then give its input again', () => {
    expect(refusal(network('logits'), { classes: 96 })).toBe('head.not-trainable');
  });

  it.each([
    [{ classes: 1 }, 'head.bad-classes'],
    [{ classes: 257 }, 'head.bad-classes'],
    [{ classes: 2.5 }, 'head.bad-classes'],
    [{ labels: 'one' }, 'head.bad-classes'],
    [{ labels: 'a,b,,c' }, 'head.bad-label'],
    [{ labels: `a,${'b'.repeat(65)}` }, 'head.bad-label'],
    [{ labels: 'a,b\u0007' }, 'head.bad-label'],
    [{ labels: 'a,b, a' }, 'head.duplicate-labels'],
    [{ labels: 'a,b,c', classes: 4 }, 'head.label-count'],
    [{ classes: 4, seed: 2 ** 32 }, 'head.bad-seed'],
    [{ classes: 4, seed: -1 }, 'head.bad-seed'],
  ] as const)('that is no head: %j', (wish, code) => {
    const head = newHeadOf(wish);
    expect(head.ok ? 'taken' : head.error.code).toBe(code);
  });

  it('only where one was asked for', () => {
    expect(unwrap(newHeadOf({}))).toBeUndefined();
    expect(wanted({ labels: ' on , off' })).toMatchObject({ classes: 2, labels: ['on', 'off'] });
  });
});

describe('training from a fresh head', () => {
  it('learns classes that the model never saw', () => {
    const classes = 4;
    const inference = runPasses(withHead(smallInference(), { classes, seed: 2 }), INFERENCE_PASSES);
    const scheme = {
      name: 'full',
      biasLayers: 4,
      weightLayers: [0, 1, 2, 3].map((layer) => ({ layer, ratio: 1 })),
    };
    const learner = createSession(unwrap(trainingGraph(inference, scheme)));
    const rows = sessionRows(learnableRows(140, 96, classes, 11), 100);
    const schedule = sessionSchedule({ weights: 0.05, bias: 0.05, head: 0.1 }, 10 * rows.adapt.length);
    const record = runSession(learner, { classes, rows, plan: { seed: 1, passes: 10, schedule } });
    expect(accuracyOf(record.before)).toBeLessThan(0.5);
    expect(accuracyOf(record.after)).toBeGreaterThan(0.8);
  });
});
