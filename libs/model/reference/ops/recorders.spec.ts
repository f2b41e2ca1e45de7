import { at, unwrap } from '#libs/base/result';
import { type Graph, perTensor, type RecordClamp, type RecordLookup, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { activationRange } from '#libs/model/quant';
import { Draws } from '#test/support/draws';
import { GraphBuilder } from '#test/support/graph-builder';
import { type Machine, machineFor } from '../machine';
import { isForward, prepareForward } from '.';
import { hasBit } from './bits';

const SCHEME = { name: 'biases', biasLayers: 1, weightLayers: [] };

/** conv -> what `draw` puts there -> classifier, its forward half carried out. */
function forwarded(
  draw: (b: GraphBuilder, x: ReturnType<GraphBuilder['input']>) => typeof x,
  seed: number,
): Machine {
  const b = new GraphBuilder('recorded', seed);
  const map = b.conv('map', b.input([1, 4, 5, 2]), { channels: 3, output: { scale: 0.05, zeroPoint: 4 } });
  const graph: Graph = unwrap(
    trainingGraph(
      b.build(b.fullyConnected('fc', b.reshape('row', draw(b, map), [1, 60]), { channels: 2 })),
      SCHEME,
    ),
  );
  const machine = machineFor(graph);
  machine.memory.int8(at(graph.inputs, 0)).set(new Draws(seed).int8(40));
  for (const op of graph.ops) if (isForward(op)) prepareForward(op, machine)();
  return machine;
}

type Recorder = RecordClamp | RecordLookup;

/** Bits and outputs of what was recorded: 0 only at an end of the clamp, 1 everywhere strictly between. */
function expectBits(machine: Machine): readonly boolean[] {
  const { graph, memory } = machine;
  const record = graph.ops.find(
    (op): op is Recorder => op.kind === 'recordClamp' || op.kind === 'recordLookup',
  );
  if (!record) throw new Error('nothing was recorded');
  const source = graph.ops.find((op) => 'output' in op && op.output === record.of);
  const quantization = perTensor(tensorOf(graph, record.of));
  const activation = source && 'activation' in source ? source.activation : 'none';
  const named = source?.kind === 'unary' ? source.function.name : activation;
  const { min, max } = activationRange(
    named === 'relu' || named === 'relu6' || named === 'reluN1To1' ? named : 'none',
    quantization,
  );
  const values = memory.int8(record.of);
  const bits = Array.from(values, (_, i) => hasBit(memory.bytes(record.output), i));
  values.forEach((value, i) => {
    if (!bits[i]) expect([min, max]).toContain(value);
    if (value > min && value < max) expect(bits[i]).toBe(true);
  });
  return bits;
}

const ACTIVATIONS = ['none', 'relu', 'relu6', 'reluN1To1'] as const;
const narrow = { scale: 0.01, zeroPoint: -20 };

describe('the recorded clamp', () => {
  it.each(ACTIVATIONS)(
    'of products, differences and stretched sums with %s is where they end',
    (activation) => {
      for (const seed of [1, 2, 3]) {
        const options = { ...narrow, activation };
        const bits = [
          forwarded((b, x) => b.mul('op', x, x, options), seed),
          forwarded((b, x) => b.sub('op', b.constant([3]), x, options), seed),
          forwarded((b, x) => b.add('op', x, b.constant([3]), options), seed),
        ].flatMap(expectBits);
        expect(new Set(bits)).toEqual(new Set([true, false]));
      }
    },
  );

  it.each(['relu', 'reluN1To1', 'requantize'] as const)('of %s is where it ends', (name) => {
    const bits = [1, 2, 3].flatMap((seed) =>
      expectBits(forwarded((b, x) => b.unary('op', x, { name }, { scale: 0.02, zeroPoint: -30 }), seed)),
    );
    expect(new Set(bits)).toEqual(new Set([true, false]));
  });

  it('of RELU6, which never requantises, is where it ends', () => {
    const bits = [1, 2, 3].flatMap((seed) =>
      expectBits(forwarded((b, x) => b.unary('op', x, { name: 'relu6' }, b.affineOf(x)), seed)),
    );
    expect(new Set(bits)).toEqual(new Set([true, false]));
  });
});
