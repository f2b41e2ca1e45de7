import { digestOf } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { openEngine, type TargetName, type TrainJob } from '#libs/firmware/toolchain';
import { GOLDEN_FILES } from '#test/support/golden-sets';
import { buildHarness, type HarnessOptions, prepare, testWorkshop } from '#test/support/harness';
import { type GoldenCase, goldenGraph, kwsCases, ratesOf, tinyCases } from '#test/support/numerics-v2/cases';
import { isWatched, readVector } from '#test/support/numerics-v2/vectors';
import { describeWithShared } from '#test/support/shared-files';

const jobOf = ({ inputs, steps, seed, rates }: GoldenCase, parameters: Uint8Array): TrainJob => ({
  parameters,
  inputs,
  steps,
  seed,
  rates: rates.map((segment) => ({ firstStep: segment.firstStep, ...ratesOf(segment) })),
  digests: true,
});

/** The session as an engine gives it, and as the golden vector has it. */
async function expectGolden(
  golden: GoldenCase,
  target: TargetName,
  options: HarnessOptions = {},
): Promise<void> {
  const graph = unwrap(goldenGraph(golden));
  const { model, parameters } = prepare(graph, golden.inference);
  const built = await buildHarness(target, model, { ...options, trace: true });
  expect(built.warnings).toBe('');
  const result = unwrap(await openEngine(testWorkshop, built).train(jobOf(golden, parameters)));
  const steps = golden.steps.flatMap((_, t) => {
    const { loss, stateDigest } = at(result.steps, t);
    return isWatched(golden, t) ? [{ t, loss, sha256: stateDigest }] : [];
  });
  const { mantissaBits, start, delta, steps: expected } = readVector(golden.name);
  expect(model.facts.training?.mantissaBits).toBe(mantissaBits);
  expect({ start: result.startDigest, steps, delta: digestOf(result.delta) }).toEqual({
    start,
    steps: expected,
    delta,
  });
}

const MINUTE = 60_000;

describe.each(tinyCases())('the golden session $name', (golden) => {
  test.each(['wasm', 'native', 'arm'] as const)(
    'is met on %s',
    async (target) => expectGolden(golden, target),
    2 * MINUTE,
  );

  test(
    'is met under AddressSanitizer and UndefinedBehaviorSanitizer',
    async () => expectGolden(golden, 'native', { sanitize: true }),
    2 * MINUTE,
  );
});

describeWithShared(GOLDEN_FILES, 'the golden sessions of kws-digits', () => {
  const cases = kwsCases();
  test.each(cases)('$name is met by wasm', async (golden) => expectGolden(golden, 'wasm'), 2 * MINUTE);
  test.each(cases)(
    '$name is met by the native build',
    async (golden) => expectGolden(golden, 'native'),
    2 * MINUTE,
  );
  test.each(cases.slice(0, 3))(
    '$name is met under AddressSanitizer and UndefinedBehaviorSanitizer',
    async (golden) => expectGolden(golden, 'native', { sanitize: true }),
    2 * MINUTE,
  );
  // The long one is met on the board by the program of a device (device-kws.spec.ts).
  test.each(cases.slice(0, 3))(
    '$name is met by the ARM program on the emulated board',
    async (golden) => expectGolden(golden, 'arm'),
    2 * MINUTE,
  );
});
