import { err, fault, ok, type Result } from '#libs/base/result';
import { type ScheduleName, SCHEDULES } from '#libs/model/quant';
import {
  type ItemOrder,
  lossInUnitsOf,
  type Measure,
  type SessionPlan,
  type StopRule,
  tellsClasses,
} from '#libs/model/session';
import { readDecimal, readWholeNumber } from './session-words';

/** How a session learns beyond rates and passes, as it is typed. */
export interface RuleWords {
  readonly schedule: string | undefined;
  readonly order: string | undefined;
  readonly 'stop-below': string | undefined;
  readonly patience: string | undefined;
  readonly 'least-fall': string | undefined;
}

/** The same, checked. Losses are as reports have them. */
export interface SessionRules {
  readonly schedule: ScheduleName;
  readonly order: ItemOrder;
  readonly stop: { readonly belowLoss: number; readonly patience: number; readonly leastFall: number };
}

const SCHEDULE_NAMES = Object.keys(SCHEDULES) as ScheduleName[];
const ORDERS: readonly ItemOrder[] = ['shuffled', 'balanced'];
const MOST_PATIENCE = 1000;
const MOST_LOSS = 1e9;

/** Refused: `train.bad-schedule`, `train.bad-order`, `train.bad-loss`, `train.bad-number`, `train.no-patience`. */
export function readRules(words: RuleWords): Result<SessionRules> {
  const schedule = oneOf('schedule', words.schedule ?? 'constant', SCHEDULE_NAMES);
  if (!schedule.ok) return schedule;
  const order = oneOf('order', words.order ?? 'shuffled', ORDERS);
  if (!order.ok) return order;
  const belowLoss = loss('--stop-below', words['stop-below'] ?? '0');
  if (!belowLoss.ok) return belowLoss;
  const leastFall = loss('--least-fall', words['least-fall'] ?? '0');
  if (!leastFall.ok) return leastFall;
  const patience = readWholeNumber('--patience', words.patience ?? '0', 0, MOST_PATIENCE);
  if (!patience.ok) return patience;
  if (words['least-fall'] !== undefined && patience.value === 0)
    return err(fault('train.no-patience', '--least-fall says what progress is, and goes with --patience'));
  const stop = { belowLoss: belowLoss.value, patience: patience.value, leastFall: leastFall.value };
  return ok({ schedule: schedule.value, order: order.value, stop });
}

function oneOf<T extends string>(what: 'schedule' | 'order', text: string, known: readonly T[]): Result<T> {
  const found = known.find((each) => each === text);
  return found === undefined
    ? err(fault(`train.bad-${what}`, `--${what} is "${text}", but there are: ${known.join(', ')}`))
    : ok(found);
}

function loss(option: string, text: string): Result<number> {
  const value = readDecimal(text);
  return value >= 0 && value <= MOST_LOSS
    ? ok(value)
    : err(fault('train.bad-loss', `${option} is "${text}", but wanted is a loss from 0 to ${MOST_LOSS}`));
}

/** N11 counts in integers. Refused: `train.no-classes`. */
export function rulesInUnits(
  { order, stop }: SessionRules,
  measure: Measure,
): Result<Pick<SessionPlan, 'order' | 'stop'>> {
  if (order === 'balanced' && !tellsClasses(measure))
    return err(fault('train.no-classes', '--order balanced: the model tells no classes apart'));
  // Cross-entropies are typed and reported in nats.
  const natsOfOne = tellsClasses(measure) ? Math.LN2 : 1;
  const units = (value: number): number => lossInUnitsOf(measure.loss, value / natsOfOne);
  const rule: StopRule = { ...stop, belowLoss: units(stop.belowLoss), leastFall: units(stop.leastFall) };
  return ok({ order, stop: rule });
}
