import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { GraphBuilder } from '#test/support/graph-builder';
import type { SessionCase } from './rules';

const CLASSES = 3;
const INPUT = [1, 5, 4, 2];

/** Small enough for many steps in big integers: a block with a depthwise layer, and a head. */
function smallNetwork() {
  const builder = new GraphBuilder('session', 5);
  const input = builder.input(INPUT);
  const first = builder.conv('ex', input, { channels: 6, activation: 'relu6' });
  const deep = builder.depthwise('dw', first, { kernel: 3, padding: 1, activation: 'relu6' });
  const last = builder.conv('pw', deep, { channels: 5 });
  const features = builder.reshape('features', builder.averagePool('pool', last), [1, 5]);
  return builder.build(builder.fullyConnected('fc', features, { channels: CLASSES }));
}

/** A pattern a class and noise; six of the first class, one of the second, three of the third. */
function unevenItems(): SessionCase['items'] {
  const rng = new Rng(3);
  const size = INPUT.reduce((a, b) => a * b, 1);
  const patterns = Array.from({ length: CLASSES }, () =>
    Array.from({ length: size }, () => rng.below(161) - 80),
  );
  return [0, 0, 2, 0, 1, 0, 2, 0, 0, 2].map((label) => ({
    features: Int8Array.from(at(patterns, label), (value) => value + rng.below(61) - 30),
    label,
  }));
}

const NEVER = { belowLoss: 0, patience: 0, leastFall: 0 };

/** Whole sessions that come to every one of their ends. They need nothing but the repository. */
export function sessionCases(): readonly SessionCase[] {
  const common = {
    inference: smallNetwork(),
    scheme: {
      name: 'all',
      biasLayers: 3,
      weightLayers: [0, 1, 2].map((layer) => ({ layer, ratio: 1 })),
    },
    items: unevenItems(),
    seed: 0x5e551011,
    schedule: 'constant',
    order: 'shuffled',
    stop: NEVER,
  } as const;
  return [
    { ...common, name: 'session-kept', rate: 0.02, passes: 3 },
    { ...common, name: 'session-ten-times', rate: 0.2, passes: 3, seed: 4 },
    { ...common, name: 'session-hundred-times', rate: 2, passes: 2 },
    { ...common, name: 'session-gives-up', rate: 20, passes: 3 },
    { ...common, name: 'session-not-kept', rate: 0.4, passes: 1, seed: 7 },
    { ...common, name: 'session-cosine', rate: 0.04, passes: 3, schedule: 'cosine', order: 'balanced' },
    {
      ...common,
      name: 'session-low-loss',
      rate: 0.04,
      passes: 9,
      order: 'balanced',
      stop: { ...NEVER, belowLoss: 92_000 },
    },
    {
      ...common,
      name: 'session-no-progress',
      rate: 0.02,
      passes: 9,
      stop: { belowLoss: 0, patience: 2, leastFall: 6_000 },
    },
  ];
}
