import { unwrap } from '#libs/base/result';
import { rateOf } from '#libs/model/quant';
import { trainingGraph } from '#libs/model/passes';
import { createSession } from '#libs/model/reference';
import { learnableRows, sessionRows } from '#test/support/training-rows';
import { smallInference } from '#test/support/small-model';
import {
  accuracyOf,
  chanceLoss,
  guardTrips,
  type Learner,
  lossSummand,
  isBetter,
  lossInUnitsOf,
  meanLossOf,
  measureOf,
  ratesAt,
  runSession,
  scoreOf,
  sessionSchedule,
  type SessionRows,
  tellsClasses,
  testedBy,
} from '.';

const BIT = 65536;

describe('the loss guard (NUMERICS N11)', () => {
  it('knows what guessing costs, for every number of classes', () => {
    const expected = Array.from({ length: 4096 }, (_, i) => Math.floor(BIT * Math.log2(i + 1)));
    expect(Array.from({ length: 4096 }, (_, i) => chanceLoss(i + 1))).toEqual(expected);
  });

  it('counts a loss in 1/4096 bit, at most 16 bit', () => {
    expect([-1, 0, 15, 16, 16 * BIT, 99 * BIT].map(lossSummand)).toEqual([0, 0, 0, 1, BIT, BIT]);
  });

  it('trips in the first pass at the loss of guessing or the one before, later at the one before', () => {
    const tally = (bits: number) => ({ items: 1, right: 0, lossSum: 4096 * bits });
    expect(guardTrips(tally(1), tally(1.9), 0, 4)).toBe(false);
    expect(guardTrips(tally(1), tally(2), 0, 4)).toBe(true);
    expect(guardTrips(tally(3), tally(2.9), 0, 4)).toBe(false);
    expect(guardTrips(tally(1), tally(0.9), 1, 4)).toBe(false);
    expect(guardTrips(tally(1), tally(1), 1, 4)).toBe(true);
  });
});

describe('the schedule (NUMERICS N10)', () => {
  const schedule = sessionSchedule({ weights: 0.02, bias: 0.04, head: 0.15 }, 1000);

  it('climbs in eight steps over the first tenth, then stays', () => {
    expect(schedule.map(({ firstStep }) => firstStep)).toEqual([0, 12, 25, 37, 50, 62, 75, 87]);
    expect(ratesAt(schedule, 0, 0)).toEqual({
      weights: rateOf(0.02 / 8),
      bias: rateOf(0.04 / 8),
      head: rateOf(0.15 / 8),
    });
    expect(ratesAt(schedule, 999, 0)).toEqual({
      weights: rateOf(0.02),
      bias: rateOf(0.04),
      head: rateOf(0.15),
    });
  });

  it('is a quarter of itself after each restart', () => {
    expect(ratesAt(schedule, 500, 1).head).toEqual(rateOf(0.15 / 4));
    expect(ratesAt(schedule, 500, 2).weights).toEqual(rateOf(0.02 / 16));
  });
});

/** Its loss on any row follows a script: one entry for each look at a row. */
class Scripted implements Learner {
  restarts = 0;
  readonly steps: number[] = [];
  private looks = 0;
  constructor(
    private readonly bits: (look: number) => number,
    private readonly answer: (look: number) => number = () => 0,
  ) {}
  forward(): void {
    this.looks += 1;
  }
  predict(): number {
    return this.answer(this.looks - 1);
  }
  loss(): number {
    return BIT * this.bits(this.looks - 1);
  }
  backward({ index }: { readonly index: number }): void {
    this.steps.push(index);
  }
  restart(): void {
    this.restarts += 1;
  }
  delta(): Uint8Array {
    return new Uint8Array();
  }
  saturated() {
    return { weights: this.steps.length, headWeights: 0, biases: 0 };
  }
}

describe('a session', () => {
  const row = { features: new Int8Array(1), label: 0 };
  const rows: SessionRows = { adapt: [row, row], test: [row] };
  const schedule = sessionSchedule({ weights: 0.02, bias: 0.02, head: 0.02 }, 4);
  const plan = { seed: 1, passes: 2, schedule };
  const scripted = (bits: (look: number) => number) => {
    const learner = new Scripted(bits);
    return { learner, record: runSession(learner, { classes: 4, rows, plan }) };
  };

  it('looks at the test rows, those to learn from, makes its passes with a test after each, and looks whether it helped', () => {
    const { learner, record } = scripted((look) => 4 - look / 4);
    expect(learner.steps).toEqual([0, 1, 2, 3]);
    expect(learner.restarts).toBe(0);
    expect(record).toMatchObject({ kept: true, steps: 4, restarts: 0 });
    expect(record.before).toEqual({ items: 1, right: 1, lossSum: 4 * 4096 });
    expect(record.epochs.map(({ pass, test }) => [pass, test.lossSum / 4096])).toEqual([
      [0, 2.75],
      [1, 2],
    ]);
    expect(record.check.lossSum / 4096).toBe(1.75 + 1.5);
    expect(record.after).toEqual(record.epochs[1]?.test);
  });

  it('begins again twice where passes are bad, then keeps the old values', () => {
    const { learner, record } = scripted((look) => 1 + look);
    expect(record).toMatchObject({ kept: false, restarts: 2, steps: 2, check: { items: 0 } });
    expect(record.epochs.map(({ restart, pass }) => [restart, pass])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(record.after).toEqual(record.before);
    expect(learner.restarts).toBeGreaterThanOrEqual(3);
  });

  it('keeps the old values where the last look shows no smaller loss', () => {
    const LAST_LOOKS = 9;
    const { learner, record } = scripted((look) => (look < 3 || look >= LAST_LOOKS ? 3 : 1));
    expect(record).toMatchObject({ kept: false, restarts: 0, steps: 4, check: { items: 2 } });
    expect(record.after).toEqual(record.before);
    expect(learner.restarts).toBe(1);
  });

  it('keeps the old values after a restart where fewer are right, whatever the loss', () => {
    const run = (firstPass: number, answersAtLast: number) => {
      const LAST = firstPass > 4 ? 12 : 9;
      const learner = new Scripted(
        (look) => (look === 3 ? firstPass : 3 - look / 8),
        (look) => (look >= LAST ? answersAtLast : 0),
      );
      return runSession(learner, { classes: 4, rows, plan });
    };
    expect(run(8, 1)).toMatchObject({ kept: false, restarts: 1, base: { right: 2 }, check: { right: 0 } });
    expect(run(8, 0)).toMatchObject({ kept: true, restarts: 1, check: { right: 2 } });
    expect(run(1, 1)).toMatchObject({ kept: true, restarts: 0, check: { right: 0 } });
  });

  it('leaves a delta of 0 where it did not help, and moves values where it did', () => {
    const training = unwrap(
      trainingGraph(smallInference(), { name: 'last', biasLayers: 0, weightLayers: [] }),
    );
    const learnable = sessionRows(learnableRows(40, 96, 3, 7), 24);
    const run = (rate: number) => {
      const rates = { weights: rate, bias: rate, head: rate };
      const own = { seed: 1, passes: 2, schedule: sessionSchedule(rates, 48) };
      return runSession(createSession(training), { classes: 3, rows: learnable, plan: own });
    };
    const [good, hopeless] = [run(0.05), run(20)];
    expect(good.kept).toBe(true);
    expect(good.delta.some((byte) => byte !== 0)).toBe(true);
    expect(hopeless.kept).toBe(false);
    expect(hopeless.delta).toEqual(new Uint8Array(good.delta.length));
    expect(hopeless.after).toEqual(hopeless.before);
  });
});

describe('a network that tells no classes apart', () => {
  it('is never asked for a class, and has its loss alone', () => {
    const learner = new Scripted((look) => 3 - look / 4);
    learner.predict = () => {
      throw new Error('there are no classes');
    };
    const row = { features: new Int8Array(1), label: 200 };
    const schedule = sessionSchedule({ weights: 0.02, bias: 0.02, head: 0.02 }, 1);
    const plan = { seed: 1, passes: 1, schedule };
    const record = runSession(learner, { classes: 1, rows: { adapt: [row], test: [row] }, plan });
    expect(record).toMatchObject({ kept: true, before: { right: 0 }, after: { right: 0 } });
    expect(scoreOf(measureOf('reconstruct', 0.5), testedBy(record.before))).toBe(0.25 * 3 * 4096);
  });
});

describe('a measure', () => {
  const accuracy = measureOf('classify', 0.5);
  const error = measureOf('regress', 0.5);

  it('is accuracy where classes are told apart, and the mean squared error elsewhere', () => {
    expect([accuracy, error, measureOf('reconstruct', 0.5)].map(({ name }) => name)).toEqual([
      'accuracy',
      'meanSquaredError',
      'meanSquaredError',
    ]);
    expect([accuracy, error].map(tellsClasses)).toEqual([true, false]);
  });

  it('knows which way is better, and that equal is not', () => {
    expect([isBetter(accuracy, 0.9, 0.8), isBetter(accuracy, 0.8, 0.9)]).toEqual([true, false]);
    expect([isBetter(error, 0.9, 0.8), isBetter(error, 0.8, 0.9)]).toEqual([false, true]);
    expect([isBetter(accuracy, 0.8, 0.8), isBetter(error, 0.8, 0.8)]).toEqual([false, false]);
  });

  it('has a value of what was tested, in real units, and none of nothing', () => {
    const tested = { items: 4, right: 3, meanLoss: 64 };
    expect(scoreOf(accuracy, tested)).toBe(0.75);
    // 64 sixteenths of a squared step, each step half a unit of the output.
    expect(scoreOf(error, tested)).toBe(1);
    expect([accuracy, error].map((one) => scoreOf(one, { items: 0, right: 0, meanLoss: 0 }))).toEqual([
      null,
      null,
    ]);
    expect(testedBy({ items: 3, right: 1, lossSum: 6 })).toEqual({ items: 3, right: 1, meanLoss: 32 });
  });

  it('turns losses into what engines count, and back', () => {
    expect(lossInUnitsOf(accuracy.loss, 1.5)).toBe(98_304);
    expect(lossInUnitsOf(error.loss, 1)).toBe(64);
    expect(64 * error.loss.perUnit).toBe(1);
  });
});

describe('a tally', () => {
  it('is a fraction and a mean in nats', () => {
    expect(accuracyOf({ items: 4, right: 3, lossSum: 0 })).toBe(0.75);
    expect(meanLossOf({ items: 2, right: 0, lossSum: 2 * 4096 })).toBeCloseTo(Math.LN2, 12);
    expect(meanLossOf({ items: 0, right: 0, lossSum: 0 })).toBe(0);
  });
});
