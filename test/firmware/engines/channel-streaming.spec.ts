import { unwrap } from '#libs/base/result';
import { generate, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { channelwise, placeAll, type Plan } from '#libs/firmware/planner';
import { build, loadBoard, openEngine, type TargetName, type TrainJob } from '#libs/firmware/toolchain';
import type { Graph, GradientStorage } from '#libs/model/ir';
import {
  compactGradients,
  narrowGradients,
  poolGradients,
  runPasses,
  trainingGraph,
  type TrainingScheme,
} from '#libs/model/passes';
import { rateOf } from '#libs/model/quant';
import { chainedNetworks } from '#test/support/chained-networks';
import { testWorkshop } from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { type Learnt, learntByEngine, learntByReference } from '#test/support/learnt';
import { randomInputs, randomNetwork, randomScheme } from '#test/support/random-networks';

const STEPS = 4;
const rates = { weights: rateOf(0.05), bias: rateOf(0.02), head: rateOf(0.1) };
const MINUTE = 60_000;

/** A training step, how it is planned, and what it starts from. */
interface Sample {
  readonly inference: Graph;
  readonly graph: Graph;
  readonly plan: Plan;
}

/** How gradients are held. */
interface Stored {
  readonly isCompact: boolean;
  /** Default: int16. */
  readonly gradients?: GradientStorage;
}

/** Everything of a network by channels that can be; gradients stored, or made when they are needed. */
function byChannels(
  inference: Graph,
  scheme: TrainingScheme,
  { isCompact, gradients = 'int16' }: Stored,
): Sample {
  const whole = unwrap(trainingGraph(inference, scheme, { gradients }));
  const graph = isCompact ? runPasses(whole, [compactGradients]) : whole;
  return { inference, graph, plan: placeAll(graph, { schedule: channelwise(graph), tries: 10, looks: 0 }) };
}

function jobOf(inference: Graph): TrainJob {
  const inputs = randomInputs(inference, STEPS, 5);
  const steps = inputs.map((_, input) => ({ input, label: input % 2 }));
  const parameters = packParameters(inference);
  return { parameters, inputs, steps, seed: 0xfeed, rates: [{ firstStep: 0, ...rates }], digests: true };
}

async function learnt(
  { inference, graph, plan }: Sample,
  target: TargetName,
  sanitize = false,
): Promise<Learnt> {
  const model = unwrap(generate({ graph, plan, layout: parameterLayout(inference) }));
  const board = unwrap(await loadBoard(testWorkshop, 'mps2-an386'));
  const request = { program: 'harness', target, board, model, sanitize, trace: true } as const;
  const built = unwrap(await build(testWorkshop, request));
  expect(built.warnings).toBe('');
  return learntByEngine(unwrap(await openEngine(testWorkshop, built).train(jobOf(inference))));
}

const chainsOf = ({ plan }: Sample): number =>
  plan.schedule.segments.filter(({ unit }) => unit === 'channel').length;

const STORED: readonly Stored[] = [
  { isCompact: false },
  { isCompact: true },
  { isCompact: true, gradients: 'int8' },
];

describe.each(chainedNetworks())('a step of $name that runs by channels', ({ inference, scheme }) => {
  test.each(STORED)(
    'learns what the reference learns on all engines (%j)',
    async (stored) => {
      const sample = byChannels(inference, scheme, stored);
      expect(chainsOf(sample)).toBeGreaterThan(0);
      const expected = learntByReference(sample.graph, jobOf(inference));
      for (const target of ['wasm', 'arm'] as const) expect(await learnt(sample, target)).toEqual(expected);
      expect(await learnt(sample, 'native', true)).toEqual(expected);
    },
    4 * MINUTE,
  );
});

describe('random networks by channels', () => {
  it(
    'learn what the reference learns, under sanitizers',
    async () => {
      let chains = 0;
      for (let seed = 1; seed <= 12; seed++) {
        const inference = randomNetwork(seed);
        const sample = byChannels(inference, randomScheme(inference, seed), {
          isCompact: seed % 2 === 0,
          gradients: seed % 3 === 0 ? 'int8' : 'int16',
        });
        chains += chainsOf(sample);
        expect(await learnt(sample, 'native', true)).toEqual(
          learntByReference(sample.graph, jobOf(inference)),
        );
      }
      expect(chains).toBeGreaterThan(3);
    },
    4 * MINUTE,
  );
});

describe.each(['sparse', 'full'] as const)('kws-digits, %s', (scheme) => {
  const inference = kwsDigitsGraph();
  const whole = unwrap(trainingGraph(inference, KWS_SCHEMES[scheme]));
  const graph = runPasses(whole, [compactGradients]);
  const pooled = runPasses(whole, [poolGradients]);
  const samples: readonly Sample[] = [
    { inference, graph: whole, plan: placeAll(whole, { looks: 0 }) },
    { inference, graph: whole, plan: placeAll(whole, { optimize: 'ram', looks: 0 }) },
    { inference, graph, plan: placeAll(graph, { schedule: channelwise(graph), looks: 0 }) },
    { inference, graph: pooled, plan: placeAll(pooled, { looks: 0 }) },
  ];
  const expected = learntByReference(whole, jobOf(inference));

  test.each(['native', 'wasm'] as const)(
    'learns the same however it is planned on %s',
    async (target) => {
      for (const sample of samples) expect(await learnt(sample, target)).toEqual(expected);
    },
    4 * MINUTE,
  );

  // The full scheme takes more than the board has.
  if (scheme === 'sparse')
    test(
      'and on the board',
      async () => {
        for (const sample of samples) expect(await learnt(sample, 'arm')).toEqual(expected);
      },
      4 * MINUTE,
    );

  test(
    'learns what the reference learns with gradients of int8',
    async () => {
      const narrow = runPasses(whole, [narrowGradients, compactGradients]);
      const sample = { inference, graph: narrow, plan: placeAll(narrow, { optimize: 'ram', looks: 0 }) };
      const learntByRule = learntByReference(narrow, jobOf(inference));
      expect(learntByRule.delta).not.toEqual(expected.delta);
      for (const target of scheme === 'sparse' ? (['wasm', 'arm'] as const) : (['native'] as const))
        expect(await learnt(sample, target)).toEqual(learntByRule);
    },
    4 * MINUTE,
  );
});
