import { at, unwrap } from '#libs/base/result';
import { generate, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { channelwise, placeAll } from '#libs/firmware/planner';
import { build, openEngine, type TrainJob } from '#libs/firmware/toolchain';
import type { GradientStorage } from '#libs/model/ir';
import { compactGradients, runPasses, trainingGraph } from '#libs/model/passes';
import { rateOf } from '#libs/model/quant';
import { chainedNetworks } from '#test/support/chained-networks';
import { testWorkshop } from '#test/support/harness';
import { learntByEngine, learntByReference } from '#test/support/learnt';
import { randomInputs } from '#test/support/random-networks';
import { describeEmulated, EMULATED } from './on-boards';

/** Inverted residual blocks, everything trained. */
const { inference, scheme } = at(chainedNetworks(), 0);
const rates = { weights: rateOf(0.05), bias: rateOf(0.02), head: rateOf(0.1) };
const job: TrainJob = {
  parameters: packParameters(inference),
  inputs: randomInputs(inference, 3, 5),
  steps: [0, 1, 2, 0].map((input) => ({ input, label: input })),
  seed: 0xfeed,
  rates: [{ firstStep: 0, ...rates }],
  digests: true,
};

/** A step whose gradients are `gradients`, a few channels at a time where that can be; and what the reference learns. */
function stepOf(gradients: GradientStorage) {
  const graph = runPasses(unwrap(trainingGraph(inference, scheme, { gradients })), [compactGradients]);
  const plan = placeAll(graph, { schedule: channelwise(graph), tries: 10, looks: 0 });
  const model = unwrap(generate({ graph, plan, layout: parameterLayout(inference) }));
  return { plan, model, expected: learntByReference(graph, job) };
}

const STEPS = { int16: stepOf('int16'), int8: stepOf('int8') };

/** On a Cortex-M4 far more is compared, in test/firmware/engines. */
const OTHERS = EMULATED.filter(({ core }) => core !== 'cortex-m4');
/** No core has kernels of its own for gradients of int8: the least and the largest. */
const ENDS: ReadonlySet<string> = new Set(['cortex-m0plus', 'cortex-m55']);

const CASES = OTHERS.flatMap((board) => [
  { board, gradients: 'int16' as const },
  ...(ENDS.has(board.core) ? [{ board, gradients: 'int8' as const }] : []),
]);

it('the steps that are compared run whole and by channels', () => {
  for (const { plan } of Object.values(STEPS))
    expect(new Set(plan.schedule.segments.map(({ unit }) => unit))).toEqual(new Set(['layer', 'channel']));
});

describeEmulated('a few steps of training', () => {
  test.each(CASES)(
    'give the bytes of the reference on $board.name, gradients stored as $gradients',
    async ({ board, gradients }) => {
      const { model, expected } = STEPS[gradients];
      const request = { program: 'harness', target: 'arm', board, model, trace: true } as const;
      const built = unwrap(await build(testWorkshop, request));
      expect(built.warnings).toBe('');
      const result = unwrap(await openEngine(testWorkshop, built).train(job));
      expect(learntByEngine(result)).toEqual(expected);
    },
    120_000,
  );
});
