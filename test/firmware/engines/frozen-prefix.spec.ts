import { at, unwrap } from '#libs/base/result';
import { boardWith, sramBytesOf } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import { arenaBytesOf, type PlannedStep, planStep, written } from '#libs/firmware/program';
import { build, sessionEngine, type SessionResult, type TargetName } from '#libs/firmware/toolchain';
import { type Graph, graphMacs, tensorBytes, tensorOf } from '#libs/model/ir';
import { createSession, featureMaker } from '#libs/model/reference';
import { defaultRates, namedScheme, type SparseScheme } from '#libs/model/scheme';
import {
  runSession,
  type SessionPlan,
  type SessionRecord,
  type SessionRows,
  sessionSchedule,
} from '#libs/model/session';
import { testWorkshop } from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { smallInference } from '#test/support/small-model';
import { learnableRows, sessionRows } from '#test/support/training-rows';
import { boardNamed, describeEmulated } from '../boards/on-boards';

jest.setTimeout(600_000);

const ROOM = { cache: { featureBytes: Infinity } };

/** A session, and what the reference makes of it when every step runs the whole network. */
interface Case {
  readonly inference: Graph;
  readonly scheme: SparseScheme;
  readonly rows: SessionRows;
  readonly plan: SessionPlan;
  readonly classes: number;
}

interface Wish {
  readonly passes: number;
  /** Absent: the scheme's own. */
  readonly rate?: number;
}

function caseOf(inference: Graph, scheme: SparseScheme, rows: SessionRows, { passes, rate: lr }: Wish): Case {
  const rates = lr === undefined ? defaultRates(scheme) : { weights: lr, bias: lr, head: lr };
  const classes = 1 + Math.max(...[...rows.adapt, ...rows.test].map(({ label }) => label));
  const schedule = sessionSchedule(rates, passes * rows.adapt.length);
  return { inference, scheme, rows, classes, plan: { seed: 5, passes, schedule } };
}

function wholeRecord({ inference, scheme, ...work }: Case): SessionRecord {
  return runSession(createSession(unwrap(planStep(inference, scheme)).training), work);
}

/** The step behind its prefix. */
function cachedStep({ inference, scheme }: Case): PlannedStep & Required<Pick<PlannedStep, 'prefix'>> {
  const { prefix, ...step } = unwrap(planStep(inference, scheme, ROOM));
  if (!prefix) throw new Error('nothing is cached');
  return { ...step, prefix };
}

/** On features that were made once. */
function cachedRecord(one: Case): SessionRecord {
  const { training, prefix } = cachedStep(one);
  const features = featureMaker(prefix.graph);
  const kept = (rows: SessionRows['test']) =>
    rows.map((row) => ({ ...row, features: features(row.features) }));
  const rows = { adapt: kept(one.rows.adapt), test: kept(one.rows.test) };
  return runSession(createSession(training), { ...one, rows });
}

async function ranOn(one: Case, target: TargetName): Promise<SessionResult> {
  const step = cachedStep(one);
  const { model } = unwrap(written(one.inference, step));
  const board = boardNamed('mps2-an386');
  const built = unwrap(
    await build(testWorkshop, {
      program: 'session',
      target,
      board: unwrap(boardWith(board, { sramBytes: sramBytesOf(board) })),
      model,
      parameters: packParameters(one.inference),
      sanitize: target === 'native',
    }),
  );
  expect(built.warnings).toBe('');
  const result = unwrap(await sessionEngine(testWorkshop, built).run(one));
  expect(result.arenaPeakBytes).toBeLessThanOrEqual(arenaBytesOf(step));
  return result;
}

const recordOf = ({ arenaPeakBytes: _peak, stackBytes: _stack, ...record }: SessionResult): SessionRecord =>
  record;

const small = smallInference();
const smallRows = sessionRows(learnableRows(40, 96, 3, 7), 24);
const kws = kwsDigitsGraph();
const kwsRows = sessionRows(learnableRows(8, tensorBytes(tensorOf(kws, at(kws.inputs, 0))), 10, 3), 5);

const CASES: Readonly<Record<string, Case>> = {
  'the head alone': caseOf(small, namedScheme(small, 'last'), smallRows, { passes: 3 }),
  'layers behind a residual block': caseOf(
    small,
    { name: 'late', biasLayers: 1, weightLayers: [{ layer: 3, ratio: 0.5 }] },
    smallRows,
    { passes: 2 },
  ),
  'a session that begins again': caseOf(small, namedScheme(small, 'last'), smallRows, {
    passes: 2,
    rate: 0.2,
  }),
  'a session that keeps the old values': caseOf(small, namedScheme(small, 'last'), smallRows, {
    passes: 2,
    rate: 20,
  }),
  'half of kws-digits': caseOf(kws, KWS_SCHEMES.sparse, kwsRows, { passes: 1 }),
};

describe('with the prefix cached', () => {
  it.each(Object.entries(CASES))(
    '%s: learns what it learns without, to the byte, in fewer multiply-accumulates a step',
    (_name, one) => {
      expect(cachedRecord(one)).toEqual(wholeRecord(one));
      const whole = unwrap(planStep(one.inference, one.scheme)).training;
      expect(graphMacs(cachedStep(one).training)).toBeLessThan(graphMacs(whole));
    },
  );

  it('comes to all ends of a session in these cases', () => {
    const ends = Object.values(CASES).map((one) => wholeRecord(one));
    expect(ends.some(({ kept, restarts }) => kept && restarts > 0)).toBe(true);
    expect(ends.some(({ kept }) => !kept)).toBe(true);
  });

  it.each([
    ['native', 'a session that begins again'],
    ['wasm', 'half of kws-digits'],
  ] as const)('gives the same on %s: %s', async (target, name) => {
    const one = CASES[name] as Case;
    expect(recordOf(await ranOn(one, target))).toEqual(wholeRecord(one));
  });
});

describeEmulated('with the prefix cached, on a Cortex-M4', () => {
  it('gives the same: layers behind a residual block', async () => {
    const one = CASES['layers behind a residual block'] as Case;
    expect(recordOf(await ranOn(one, 'arm'))).toEqual(wholeRecord(one));
  });
});
