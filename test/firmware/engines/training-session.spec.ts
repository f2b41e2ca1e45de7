import { at, unwrap } from '#libs/base/result';
import { digestOf } from '#libs/base/bytes';
import { type Board, boardWith, sramBytesOf } from '#libs/firmware/boards';
import { generate, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { planStep } from '#libs/firmware/program';
import {
  build,
  sessionEngine,
  type SessionJob,
  type SessionResult,
  type TargetName,
} from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { createSession } from '#libs/model/reference';
import { defaultRates, namedScheme, type SparseScheme } from '#libs/model/scheme';
import {
  type EpochRecord,
  runSession,
  type SessionPlan,
  type SessionRecord,
  type SessionRows,
  sessionSchedule,
} from '#libs/model/session';
import { testWorkshop } from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared } from '#test/support/shared-files';
import { smallInference } from '#test/support/small-model';
import { learnableRows, sessionRows } from '#test/support/training-rows';
import { boardNamed, describeEmulated, EMULATED } from '../boards/on-boards';
import { KWS_FILES, speakerItems } from '../device/kws';

jest.setTimeout(600_000);

const SMALL_ROWS = sessionRows(learnableRows(40, 96, 3, 7), 24);
/** Eight of two classes each, and one of the third. */
const UNEVEN_ROWS: SessionRows = {
  ...SMALL_ROWS,
  adapt: SMALL_ROWS.adapt.filter(({ label }, row) => label !== 2 || row === 5),
};

/** Everything that a session needs, and what the reference makes of it. */
interface Case {
  readonly inference: Graph;
  readonly scheme: SparseScheme;
  readonly job: SessionJob;
  readonly classes: number;
}

interface Wish {
  readonly scheme: SparseScheme;
  readonly rows?: SessionRows;
  readonly passes: number;
  /** Absent: the scheme's own. */
  readonly rate?: number;
  readonly falling?: boolean;
  readonly rules?: Pick<SessionPlan, 'order' | 'stop'>;
}

function caseOf(
  inference: Graph,
  { scheme, rows = SMALL_ROWS, passes, rate: lr, falling = false, rules = {} }: Wish,
): Case {
  const own = defaultRates(scheme);
  const rates = lr === undefined ? own : { weights: lr, bias: lr, head: lr };
  const schedule = sessionSchedule(rates, passes * rows.adapt.length, falling ? 'cosine' : 'constant');
  const classes = 1 + Math.max(...[...rows.adapt, ...rows.test].map(({ label }) => label));
  return { inference, scheme, classes, job: { plan: { seed: 3, passes, schedule, ...rules }, rows } };
}

function referenceRecord({ inference, scheme, classes, job }: Case): SessionRecord {
  const { training } = unwrap(planStep(inference, scheme));
  return runSession(createSession(training), { classes, ...job });
}

interface Place {
  readonly target: TargetName;
  readonly board?: string;
  readonly sanitize?: boolean;
}

const whole = (board: Board): Board => unwrap(boardWith(board, { sramBytes: sramBytesOf(board) }));

async function engineOf(
  { inference, scheme }: Case,
  { target, board = 'mps2-an386', sanitize = false }: Place,
) {
  const { training, plan } = unwrap(planStep(inference, scheme));
  const model = unwrap(generate({ graph: training, plan, layout: parameterLayout(inference) }));
  const parameters = packParameters(inference);
  const request = {
    program: 'session',
    target,
    board: whole(boardNamed(board)),
    model,
    parameters,
    sanitize,
  } as const;
  const built = unwrap(await build(testWorkshop, request));
  expect(built.warnings).toBe('');
  return { engine: sessionEngine(testWorkshop, built), plan, built };
}

/** What an engine gave, and of it what every engine must give. */
const recordOf = ({ arenaPeakBytes: _peak, stackBytes: _stack, ...record }: SessionResult): SessionRecord =>
  record;

const SMALL_CASES = {
  'learns what it can with every weight': (small: Graph) =>
    caseOf(small, { scheme: namedScheme(small, 'full'), passes: 3 }),
  'learns with biases alone': (small: Graph) =>
    caseOf(small, { scheme: namedScheme(small, 'bias'), passes: 2 }),
  'begins again at a smaller rate': (small: Graph) =>
    caseOf(small, { scheme: namedScheme(small, 'last'), passes: 2, rate: 0.2 }),
  'gives up, and keeps the old values': (small: Graph) =>
    caseOf(small, { scheme: namedScheme(small, 'last'), passes: 2, rate: 20 }),
  'meets a rare class as often as the others, at rates that fall': (small: Graph) =>
    caseOf(small, {
      scheme: namedScheme(small, 'full'),
      rows: UNEVEN_ROWS,
      passes: 6,
      rate: 0.05,
      falling: true,
      rules: { order: 'balanced' },
    }),
  'ends when the loss is low': (small: Graph) =>
    caseOf(small, {
      scheme: namedScheme(small, 'last'),
      passes: 8,
      rate: 0.05,
      rules: { stop: { belowLoss: 104_000, patience: 0, leastFall: 0 } },
    }),
  'ends when the loss no longer falls': (small: Graph) =>
    caseOf(small, {
      scheme: namedScheme(small, 'last'),
      passes: 8,
      rate: 0.05,
      rules: { stop: { belowLoss: 0, patience: 2, leastFall: 20_000 } },
    }),
} as const;

const PLACES: readonly (readonly [string, Place])[] = [
  ['native, under sanitizers', { target: 'native', sanitize: true }],
  ['native', { target: 'native' }],
  ['wasm', { target: 'wasm' }],
];

describe('a whole training session of a small model', () => {
  const small = smallInference();

  it('comes to each of its ends in these cases', () => {
    const ends = Object.values(SMALL_CASES).map((make) => {
      const { kept, restarts, end } = referenceRecord(make(small));
      return [kept, restarts, end];
    });
    expect(ends).toEqual([
      [true, 0, 'passes'],
      [true, 0, 'passes'],
      [true, expect.any(Number), 'passes'],
      [false, 2, 'guard'],
      [true, 0, 'passes'],
      [true, 0, 'lowLoss'],
      [true, 0, 'noProgress'],
    ]);
    expect(ends[2]?.[1]).toBeGreaterThan(0);
  });

  it('makes fewer passes where it ends early, and tells how many values came to the end of their range', () => {
    const low = referenceRecord(SMALL_CASES['ends when the loss is low'](small));
    expect(low.steps).toBeLessThan(8 * SMALL_ROWS.adapt.length);
    expect(low.steps).toBe(low.epochs.length * SMALL_ROWS.adapt.length);
    const balanced = referenceRecord(
      SMALL_CASES['meets a rare class as often as the others, at rates that fall'](small),
    );
    expect(balanced.saturated.weights).toBeGreaterThan(0);
    expect(low.saturated.weights).toBe(0);
  });

  describe.each(PLACES)('on %s', (_name, place) => {
    it.each(Object.entries(SMALL_CASES))('%s, to the byte as the reference', async (_what, make) => {
      const one = make(small);
      const { engine, plan } = await engineOf(one, place);
      const told: EpochRecord[] = [];
      const result = unwrap(await engine.run(one.job, (epoch) => told.push(epoch)));
      expect(recordOf(result)).toEqual(referenceRecord(one));
      expect(told).toEqual(result.epochs);
      expect(result.arenaPeakBytes).toBeGreaterThan(plan.peakBytes / 2);
      expect(result.arenaPeakBytes).toBeLessThanOrEqual(plan.peakBytes);
    });
  });

  it('refuses a label that the model does not know', async () => {
    const one = SMALL_CASES['learns with biases alone'](small);
    const { engine } = await engineOf(one, { target: 'wasm' });
    const [first, ...others] = one.job.rows.adapt;
    const rows = {
      ...one.job.rows,
      adapt: [{ ...(first ?? at(one.job.rows.test, 0)), label: 3 }, ...others],
    };
    expect(await engine.run({ ...one.job, rows })).toMatchObject({
      ok: false,
      error: { code: 'run.bad-job' },
    });
  });
});

describeEmulated('a whole training session of a small model', () => {
  const small = smallInference();

  describe.each(EMULATED.map(({ name }) => name))('on %s', (board) => {
    it('gives the bytes of the reference, in the arena that was planned and the stack that was proved', async () => {
      const one = SMALL_CASES['begins again at a smaller rate'](small);
      const { engine, plan, built } = await engineOf(one, { target: 'arm', board });
      const result = unwrap(await engine.run(one.job));
      expect(recordOf(result)).toEqual(referenceRecord(one));
      expect(result.arenaPeakBytes).toBeLessThanOrEqual(plan.peakBytes);
      expect(result.stackBytes).toBeGreaterThan(0);
      expect(result.stackBytes).toBeLessThanOrEqual(built.footprint.stackBytes);
    });
  });

  it('counts the instructions of a step: more of them where more is trained', async () => {
    const counts = await Promise.all(
      (['last', 'full'] as const).map(async (name) => {
        const one = caseOf(small, { scheme: namedScheme(small, name), passes: 1 });
        const { engine } = await engineOf(one, { target: 'arm' });
        return unwrap(await engine.instructionsPerStep(one.job));
      }),
    );
    expect(counts[0]).toBeGreaterThan(1_000);
    expect(counts[1]).toBeGreaterThan(2 * (counts[0] ?? 0));
  });

  it('says where a job is larger than what the board has for it', async () => {
    const one = SMALL_CASES['learns with biases alone'](small);
    const { engine } = await engineOf(one, { target: 'arm' });
    const many = Array.from({ length: 65_535 }, () => at(SMALL_ROWS.test, 0));
    const rows = { adapt: many, test: many };
    const result = await engine.run({ ...one.job, rows });
    expect(result.ok ? 'it ran' : result.error.code).toBe('run.no-room');
  });
});

describeWithShared(KWS_FILES, 'a whole training session of kws-digits on real speech', () => {
  const items = speakerItems('theo');
  const rows = ((): SessionRows => {
    const all = sessionRows(items, items.adaptCount);
    return { adapt: all.adapt.slice(0, 20), test: all.test.slice(0, 10) };
  })();
  const one = caseOf(kwsDigitsGraph(), { scheme: KWS_SCHEMES.sparse, rows, passes: 2 });

  it('is the same on all engines', async () => {
    const expected = referenceRecord(one);
    const places: readonly Place[] = [{ target: 'native' }, { target: 'wasm' }, { target: 'arm' }];
    const digests = await Promise.all(
      places.map(async (place) => {
        const { engine } = await engineOf(one, place);
        const result = unwrap(await engine.run(one.job));
        expect(recordOf(result)).toEqual(expected);
        return digestOf(result.delta);
      }),
    );
    expect(digests).toEqual(places.map(() => digestOf(expected.delta)));
    expect(expected.steps).toBe(40);
  });
});
