import { at, unwrap } from '#libs/base/result';
import { planStep } from '#libs/firmware/program';
import { elementCount, graphMacs, layersOf, tensorOf } from '#libs/model/ir';
import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { executedMacs, necessaryMacs, total } from './step-macs';

const inference = kwsDigitsGraph();
const headWeights = () =>
  tensorOf(inference, at(layersOf(inference), layersOf(inference).length - 1).weights);

const AT_ONCE = { tries: 0, looks: 0 } as const;

describe.each(Object.values(KWS_SCHEMES))('a step of the scheme $name', (scheme) => {
  it.each([{}, { optimize: 'ram' } as const])('executes what it needs, and nothing else: %j', (request) => {
    const { training, plan } = unwrap(planStep(inference, scheme, { ...AT_ONCE, ...request }));
    const executed = executedMacs(training, plan);
    const necessary = necessaryMacs(inference, scheme);
    expect(executed.forward).toBeCloseTo(necessary.forward, 3);
    expect(executed.backward).toBeCloseTo(necessary.backward, 3);
  });
});

it('goes over rows in the least memory', () => {
  const request = { ...AT_ONCE, optimize: 'ram' } as const;
  const { plan } = unwrap(planStep(inference, KWS_SCHEMES.sparse, request));
  expect(plan.schedule.segments.some(({ unit }) => unit === 'row')).toBe(true);
});

it('needs only the update of the head where the head learns alone', () => {
  const { forward, backward } = necessaryMacs(inference, KWS_SCHEMES.fc);
  expect(backward).toBe(elementCount(headWeights().shape));
  expect(forward).toBe(graphMacs(inference));
});

it('finds what runs twice', () => {
  const { training, plan } = unwrap(planStep(inference, KWS_SCHEMES.fc, AT_ONCE));
  const { calls, segments } = plan.schedule;
  const twice = { ...plan, schedule: { calls: [...calls, ...calls], segments } };
  expect(total(executedMacs(training, twice))).toBe(2 * total(executedMacs(training, plan)));
});
