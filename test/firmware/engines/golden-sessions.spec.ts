import { digestOf } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { generate, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { planStep } from '#libs/firmware/program';
import { build, sessionEngine, type SessionJob, type TargetName } from '#libs/firmware/toolchain';
import { createSession } from '#libs/model/reference';
import { runSession, type SessionRecord, sessionSchedule } from '#libs/model/session';
import { testWorkshop } from '#test/support/harness';
import { type SessionCase, type SessionVector, specSession } from '#test/support/numerics-v2/rules';
import { sessionCases } from '#test/support/numerics-v2/session-cases';
import { readSessionVector } from '#test/support/numerics-v2/vectors';
import { boardNamed, describeEmulated } from '../boards/on-boards';

const CASES = sessionCases();
const CLASSES = 3;

function jobOf({ items, seed, passes, rate, schedule, order, stop }: SessionCase): SessionJob {
  const rates = { weights: rate, bias: rate, head: rate };
  return {
    plan: {
      seed,
      passes,
      schedule: sessionSchedule(rates, passes * items.length, schedule),
      order,
      stop,
    },
    rows: { adapt: items, test: [at(items, 0)] },
  };
}

/** What of a record a golden session tells. */
function vectorOf(record: SessionRecord): SessionVector {
  const { base, epochs, check, kept, end, steps, restarts, saturated, delta } = record;
  return {
    base: base.lossSum,
    passes: epochs.map(({ restart, pass, learned }) => ({ restart, pass, sum: learned.lossSum })),
    check: check.lossSum,
    kept,
    end,
    steps,
    restarts,
    saturated: [saturated.weights, saturated.headWeights, saturated.biases],
    delta: digestOf(delta),
  };
}

const stepOf = ({ inference, scheme }: SessionCase) =>
  unwrap(planStep(inference, { ...scheme, weightLayers: [...scheme.weightLayers] }));

async function engineOn(target: TargetName) {
  const one = at(CASES, 0);
  const { training, plan } = stepOf(one);
  const layout = parameterLayout(one.inference);
  const model = unwrap(generate({ graph: training, plan, layout }));
  const board = boardNamed('mps2-an386');
  const parameters = packParameters(one.inference);
  const request = { program: 'session', target, board, model, parameters } as const;
  return sessionEngine(testWorkshop, unwrap(await build(testWorkshop, request)));
}

describe('whole sessions', () => {
  it('come to every end that a session has', () => {
    const ends = CASES.map(({ name }) => {
      const { restarts, kept, end } = readSessionVector(name);
      return [name, restarts, kept, end];
    });
    expect(ends).toEqual([
      ['session-kept', 0, true, 'passes'],
      ['session-ten-times', 1, true, 'passes'],
      ['session-hundred-times', 2, true, 'passes'],
      ['session-gives-up', 2, false, 'guard'],
      ['session-not-kept', 0, false, 'passes'],
      ['session-cosine', 0, true, 'passes'],
      ['session-low-loss', 0, true, 'lowLoss'],
      ['session-no-progress', 0, true, 'noProgress'],
    ]);
  });

  it('end no worse than they began, at ten, a hundred and a thousand times the rate', () => {
    for (const { name } of CASES) {
      const { base, check, kept, delta } = readSessionVector(name);
      const rawBytes = new Uint8Array(deltaBytes());
      if (kept) expect(check).toBeLessThan(base);
      else expect(delta).toBe(digestOf(rawBytes));
    }
  });

  describe.each(CASES)('$name', (one) => {
    it('is what NUMERICS says', () => expect(specSession(one)).toEqual(readSessionVector(one.name)));

    it('is met by the reference', () => {
      const learner = createSession(stepOf(one).training);
      const record = runSession(learner, { classes: CLASSES, ...jobOf(one) });
      expect(vectorOf(record)).toEqual(readSessionVector(one.name));
    });
  });
});

/** Of the delta of the cases' one model. */
const deltaBytes = (): number => createSession(stepOf(at(CASES, 0)).training).delta().length;

async function expectAllMet(target: TargetName): Promise<void> {
  const engine = await engineOn(target);
  for (const one of CASES) {
    const result = unwrap(await engine.run(jobOf(one)));
    expect({ name: one.name, ...vectorOf(result) }).toEqual({
      name: one.name,
      ...readSessionVector(one.name),
    });
  }
}

it.each(['wasm', 'native'] as const)(
  'whole sessions are met by the device program on %s',
  expectAllMet,
  60_000,
);

describeEmulated('whole sessions', () => {
  it('are met by the device program on an emulated board', async () => expectAllMet('arm'), 120_000);
});
