import { toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { openEngine, type TargetName } from '#libs/firmware/toolchain';
import { trainingGraph } from '#libs/model/passes';
import {
  GOLDEN_FILES,
  goldenDelta,
  goldenJob,
  goldenOf,
  type GoldenSet,
  goldenState,
} from '#test/support/golden-sets';
import { buildHarness, type HarnessOptions, prepare, testWorkshop } from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared } from '#test/support/shared-files';

const inference = kwsDigitsGraph();

/** What a session must leave behind: every watched step, the first and last state, the delta. */
function golden(set: GoldenSet) {
  const { sha256_before, steps } = goldenOf(set);
  return {
    startDigest: sha256_before,
    steps: steps.map(({ t, loss_q16_bits, logits_q16, sha256 }) => ({
      t,
      loss: loss_q16_bits,
      logits: logits_q16,
      sha256,
    })),
    state: toHex(goldenState(set)),
    delta: toHex(goldenDelta(set)),
  };
}

/** The same, as an engine gives it. */
async function trained(set: GoldenSet, target: TargetName, options: HarnessOptions = {}) {
  const graph = unwrap(trainingGraph(inference, KWS_SCHEMES[goldenOf(set).scheme]));
  const { model, parameters } = prepare(graph, inference);
  const engine = openEngine(testWorkshop, await buildHarness(target, model, options));
  const { startDigest, steps, state, delta } = unwrap(await engine.train(goldenJob(set, parameters)));
  const watched = goldenOf(set).steps.map(({ t }) => {
    const { loss, logits, stateDigest } = at(steps, t);
    return { t, loss, logits: [...logits], sha256: stateDigest };
  });
  return { startDigest, steps: watched, state: toHex(state), delta: toHex(delta) };
}

const MINUTE = 60_000;
const sets: readonly GoldenSet[] = ['A', 'B', 'C', 'D'];

describeWithShared(GOLDEN_FILES, 'the golden training vectors of kws-digits', () => {
  test.each(sets)(
    'set %s is met by wasm',
    async (set) => {
      expect(await trained(set, 'wasm')).toEqual(golden(set));
    },
    2 * MINUTE,
  );

  test.each(sets)(
    'set %s is met by the native build',
    async (set) => {
      expect(await trained(set, 'native')).toEqual(golden(set));
    },
    2 * MINUTE,
  );

  test.each(['A', 'B', 'C'] as const)(
    'set %s is met under AddressSanitizer and UndefinedBehaviorSanitizer',
    async (set) => {
      expect(await trained(set, 'native', { sanitize: true })).toEqual(golden(set));
    },
    2 * MINUTE,
  );

  test.each(sets)(
    'set %s is met by the ARM program on the emulated board',
    async (set) => {
      expect(await trained(set, 'arm')).toEqual(golden(set));
    },
    10 * MINUTE,
  );
});
