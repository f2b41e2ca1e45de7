import { at } from '#libs/base/result';
import { guardTrips, hasHelped, MOST_RESTARTS } from './guard';
import { firstItems, type ItemOrder, PassOrder } from './order';
import { ratesAt } from './schedule';
import type {
  EpochRecord,
  Learner,
  SessionPlan,
  SessionRecord,
  SessionRow,
  SessionWork,
  Watch,
} from './session';
import { EarlyStop, NEVER, type SessionEnd } from './stop';
import { counted, NO_ITEMS, type Tally } from './tally';

const UNWATCHED: Watch = () => undefined;

/** A whole session: the rules of firmware-templates/runtime/fl_session.c once more, row by row the same. */
export function runSession(learner: Learner, work: SessionWork, watch: Watch = UNWATCHED): SessionRecord {
  const { classes, rows } = work;
  const order = orderOf(work);
  const first = firstItems(order, labelsOf(rows.adapt)).map((index) => at(rows.adapt, index));
  const before = evaluated(learner, classes, rows.test);
  const base = evaluated(learner, classes, first);
  const epochs: EpochRecord[] = [];
  const pass = (epoch: EpochRecord): void => {
    epochs.push(epoch);
    watch(epoch);
  };
  for (let restart = 0; restart <= MOST_RESTARTS; restart++) {
    const { made, end } = train({ learner, ...work, order, base, restart, pass });
    if (end === 'guard' && restart < MOST_RESTARTS) {
      learner.restart();
      continue;
    }
    const check = end === 'guard' ? NO_ITEMS : evaluated(learner, classes, first);
    const kept = end !== 'guard' && hasHelped(base, check, restart);
    const saturated = learner.saturated();
    if (!kept) learner.restart();
    const after = kept ? (epochs.at(-1)?.test ?? before) : before;
    const record = { before, base, epochs, check, after, kept, end, saturated };
    return { ...record, steps: made, restarts: restart, delta: learner.delta() };
  }
  throw new Error('the last attempt returns');
}

const labelsOf = (rows: readonly SessionRow[]): readonly number[] => rows.map(({ label }) => label);

/** N9: labels of a model that tells no classes apart are no classes. */
const orderOf = ({ classes, plan }: SessionWork): ItemOrder =>
  classes > 1 ? (plan.order ?? 'shuffled') : 'shuffled';

interface Attempt extends SessionWork {
  readonly learner: Learner;
  readonly order: ItemOrder;
  readonly base: Tally;
  readonly restart: number;
  readonly pass: Watch;
}

interface Steps {
  readonly made: number;
  readonly end: SessionEnd;
}

/** Passes until one was the last. */
function train({ order, base, restart, pass: ended, ...attempt }: Attempt): Steps {
  const { learner, classes, rows, plan } = attempt;
  const passOrder = new PassOrder(order, labelsOf(rows.adapt));
  const stop = new EarlyStop(plan.stop ?? NEVER, base);
  for (let pass = 0; pass < plan.passes; pass++) {
    const firstStep = pass * rows.adapt.length;
    const learned = learn({ ...attempt, restart, firstStep, items: passOrder.ofPass(pass, plan.seed) });
    const made = firstStep + rows.adapt.length;
    ended({ restart, pass, learned, test: evaluated(learner, classes, rows.test) });
    if (guardTrips(base, learned, pass, classes)) return { made, end: 'guard' };
    const end = stop.after(learned);
    if (end) return { made, end };
  }
  return { made: plan.passes * rows.adapt.length, end: 'passes' };
}

interface Pass extends Omit<SessionWork, 'plan'> {
  readonly learner: Learner;
  readonly plan: SessionPlan;
  readonly restart: number;
  readonly firstStep: number;
  /** Numbers of rows, in their order. */
  readonly items: readonly number[];
}

/** One step for each item; each is counted as it was before its step. */
function learn({ learner, classes, rows, plan, restart, firstStep, items }: Pass): Tally {
  const { seed, schedule } = plan;
  return items.reduce((tally, item, i) => {
    const index = firstStep + i;
    const learned = looked(learner, classes, at(rows.adapt, item), tally);
    learner.backward({ seed, index, rates: ratesAt(schedule, index, restart) });
    return learned;
  }, NO_ITEMS);
}

const evaluated = (learner: Learner, classes: number, rows: readonly SessionRow[]): Tally =>
  rows.reduce((tally, row) => looked(learner, classes, row, tally), NO_ITEMS);

function looked(learner: Learner, classes: number, { features, label }: SessionRow, tally: Tally): Tally {
  learner.forward(features);
  const isRight = classes > 1 && learner.predict() === label;
  return counted(tally, isRight, learner.loss(label));
}
