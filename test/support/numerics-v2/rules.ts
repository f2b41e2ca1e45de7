/** Whole sessions: N9 to N13 of NUMERICS.md, written from their text around the steps of `SpecSession`. */
import { digestOf } from '#libs/base/bytes';
import { at } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import type { TrainingScheme } from '#libs/model/passes';
import { q15, shuffled } from './arithmetic';
import { lossOf } from './forward';
import { type Rates, SpecSession } from './session';

/** A session that is a golden vector. */
export interface SessionCase {
  readonly name: string;
  readonly inference: Graph;
  readonly scheme: TrainingScheme;
  readonly seed: number;
  readonly passes: number;
  /** Of weights, biases and head alike. */
  readonly rate: number;
  readonly schedule: 'constant' | 'cosine';
  readonly order: 'shuffled' | 'balanced';
  /** N11's L, N and F. */
  readonly stop: { readonly belowLoss: number; readonly patience: number; readonly leastFall: number };
  readonly items: readonly { readonly features: Int8Array; readonly label: number }[];
}

/** What it must give. */
export interface SessionVector {
  readonly base: number;
  /** The sum of every pass that was made, of every attempt. */
  readonly passes: readonly { readonly restart: number; readonly pass: number; readonly sum: number }[];
  /** 0 where the guard gave up. */
  readonly check: number;
  readonly kept: boolean;
  readonly end: 'passes' | 'lowLoss' | 'noProgress' | 'guard';
  readonly steps: number;
  readonly restarts: number;
  /** N13. */
  readonly saturated: readonly [weights: number, headWeights: number, biases: number];
  /** SHA-256 of N12. */
  readonly delta: string;
}

/** N9: the list of a pass before it is shuffled, where it does not come from the pass before. */
function listOf({ order, items }: SessionCase, pass: number): readonly number[] {
  const everyItem = items.map((_, i) => i);
  if (order === 'shuffled') return everyItem;
  const labels = [...new Set(items.map(({ label }) => label))].sort((a, b) => a - b);
  return everyItem.map((j) => {
    const g = pass * items.length + j;
    const own = everyItem.filter((i) => items[i]!.label === labels[g % labels.length]);
    return own[Math.floor(g / labels.length) % own.length]!;
  });
}

const C = [64906, 60014, 50973, 39161, 26375, 14563, 5522, 630];

/** N10: every segment, also those that a later one with the same first step replaces. */
function segments({ schedule, passes, items }: SessionCase) {
  const T = passes * items.length;
  const W = Math.floor(T / 10);
  const rising = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      first: Math.floor((i * W) / count),
      numerator: i + 1,
      denominator: count,
    }));
  if (schedule === 'constant') return rising(8);
  const falling = C.map((numerator, i) => ({
    first: W + Math.floor((i * (T - W)) / 8),
    numerator,
    denominator: 65536,
  }));
  return [...rising(4), ...falling];
}

/** N10, and N11's quarter of it. */
function ratesAt(one: SessionCase, step: number, restarts: number): Rates {
  const { numerator, denominator } = segments(one).findLast(({ first }) => first <= step)!;
  const { m, e } = q15((one.rate * numerator) / denominator);
  const rate = { m, e: e - 2n * BigInt(restarts) };
  return { weights: rate, bias: rate, head: rate };
}

/** N11: what a loss adds to a sum. */
const summand = (loss: bigint): number => Number((loss > 16n * 65536n ? 16n * 65536n : loss) >> 4n);

/** The sum of losses, and how many are right: the first of the largest logits is the answer. */
interface Look {
  readonly sum: number;
  readonly right: number;
}

function look(session: SpecSession, { items }: SessionCase, list: readonly number[]): Look {
  const answers = list.map((i) => {
    const { features, label } = at(items, i);
    const logits = session.forward(features);
    const answer = logits.indexOf(logits.reduce((a, b) => (b > a ? b : a)));
    return { loss: summand(lossOf(logits, label).loss), isRight: answer === label };
  });
  const sum = answers.reduce((total, { loss }) => total + loss, 0);
  return { sum, right: answers.filter(({ isRight }) => isRight).length };
}

/** floor(65536 * log2 K). */
function chance(classes: number): number {
  const power = BigInt(classes) ** 65536n;
  return power.toString(2).length - 1;
}

interface Attempt {
  readonly session: SpecSession;
  readonly sums: readonly number[];
  readonly end: SessionVector['end'];
}

function attempt(one: SessionCase, base: number, restart: number): Attempt {
  const session = new SpecSession(one.inference, one.scheme);
  const n = one.items.length;
  const classes = session.network.head.scales.length;
  const { belowLoss, patience, leastFall } = one.stop;
  const sums: number[] = [];
  let best = Math.floor((16 * base) / n);
  let waited = 0;
  let list = listOf(one, 0);
  for (let pass = 0; pass < one.passes; pass++) {
    list = shuffled(one.order === 'balanced' ? listOf(one, pass) : list, BigInt(one.seed), pass);
    let sum = 0;
    list.forEach((i, j) => {
      const { features, label } = at(one.items, i);
      const t = pass * n + j;
      session.forward(features);
      sum += summand(session.learn(label, BigInt(one.seed), BigInt(t), ratesAt(one, t, restart)));
    });
    sums.push(sum);
    if (sum >= (pass === 0 ? Math.max(base, n * (chance(classes) >> 4)) : base))
      return { session, sums, end: 'guard' };
    const m = Math.floor((16 * sum) / n);
    const isProgress = m + leastFall <= best;
    waited = isProgress ? 0 : waited + 1;
    best = isProgress ? m : best;
    if (m < belowLoss) return { session, sums, end: 'lowLoss' };
    if (patience > 0 && waited === patience) return { session, sums, end: 'noProgress' };
  }
  return { session, sums, end: 'passes' };
}

/** Carries a session out as NUMERICS.md says. */
export function specSession(one: SessionCase): SessionVector {
  const fresh = new SpecSession(one.inference, one.scheme);
  const first = listOf(one, 0);
  const before = look(fresh, one, first);
  const base = before.sum;
  const passes: { restart: number; pass: number; sum: number }[] = [];
  for (let restart = 0; ; restart++) {
    const { session, sums, end } = attempt(one, base, restart);
    sums.forEach((sum, pass) => passes.push({ restart, pass, sum }));
    if (end === 'guard' && restart < 2) continue;
    const saturated = session.saturated();
    const after = end === 'guard' ? { sum: 0, right: 0 } : look(session, one, first);
    const check = after.sum;
    const kept = end !== 'guard' && check < base && (restart === 0 || after.right >= before.right);
    const delta = digestOf((kept ? session : fresh).delta());
    const steps = sums.length * one.items.length;
    return { base, passes, check, kept, end, steps, restarts: restart, saturated, delta };
  }
}
