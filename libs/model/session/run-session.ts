import { at } from '#libs/base/result';
import { shufflePass } from '#libs/base/rng';
import { guardTrips, hasHelped, MOST_RESTARTS } from './guard';
import { ratesAt } from './schedule';
import type { EpochRecord, Learner, SessionRecord, SessionRow, SessionWork, Watch } from './session';
import { counted, NO_ITEMS, type Tally } from './tally';

const UNWATCHED: Watch = () => undefined;

/** A whole session: the rules of firmware-templates/runtime/fl_session.c once more, row by row the same. */
export function runSession(learner: Learner, work: SessionWork, watch: Watch = UNWATCHED): SessionRecord {
  const { classes, rows } = work;
  const before = evaluated(learner, classes, rows.test);
  const base = evaluated(learner, classes, rows.adapt);
  const epochs: EpochRecord[] = [];
  const pass = (epoch: EpochRecord): void => {
    epochs.push(epoch);
    watch(epoch);
  };
  for (let restart = 0; restart <= MOST_RESTARTS; restart++) {
    const attempt = { learner, ...work, base, restart, pass };
    const steps = train(attempt);
    if (steps.tripped) {
      learner.restart();
      if (restart < MOST_RESTARTS) continue;
    }
    const check = steps.tripped ? NO_ITEMS : evaluated(learner, classes, rows.adapt);
    const kept = !steps.tripped && hasHelped(base, check);
    if (!kept) learner.restart();
    const after = kept ? (epochs.at(-1)?.test ?? before) : before;
    const record = { before, base, epochs, check, after, kept };
    return { ...record, steps: steps.made, restarts: restart, delta: learner.delta() };
  }
  throw new Error('the last attempt returns');
}

interface Attempt extends SessionWork {
  readonly learner: Learner;
  readonly base: Tally;
  readonly restart: number;
  readonly pass: Watch;
}

interface Steps {
  readonly made: number;
  readonly tripped: boolean;
}

/** All passes, or those until the guard trips. */
function train({ learner, classes, rows, plan, base, restart, pass: ended }: Attempt): Steps {
  const { seed, passes, schedule } = plan;
  const order = rows.adapt.map((_, index) => index);
  let made = 0;
  for (let pass = 0; pass < passes; pass++) {
    shufflePass(order, seed, pass);
    let learned = NO_ITEMS;
    for (const index of order) {
      const step = { seed, index: made, rates: ratesAt(schedule, made, restart) };
      learned = looked(learner, classes, at(rows.adapt, index), learned);
      learner.backward(step);
      made += 1;
    }
    ended({ restart, pass, learned, test: evaluated(learner, classes, rows.test) });
    if (guardTrips(base, learned, pass, classes)) return { made, tripped: true };
  }
  return { made, tripped: false };
}

const evaluated = (learner: Learner, classes: number, rows: readonly SessionRow[]): Tally =>
  rows.reduce((tally, row) => looked(learner, classes, row, tally), NO_ITEMS);

function looked(learner: Learner, classes: number, { features, label }: SessionRow, tally: Tally): Tally {
  learner.forward(features);
  const isRight = classes > 1 && learner.predict() === label;
  return counted(tally, isRight, learner.loss(label));
}
