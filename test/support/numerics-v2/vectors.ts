import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { digestOf } from '#libs/base/bytes';
import { at, invariant } from '#libs/base/result';
import type { GoldenCase } from './cases';
import type { SessionVector } from './rules';
import { SpecSession } from './session';

/** Loss of the sample of step `t`, SHA-256 of the state after it. */
export interface WatchedStep {
  readonly t: number;
  readonly loss: number;
  readonly sha256: string;
}

/** What a session must leave behind: SHA-256 of the state before it, watched steps, SHA-256 of its delta (N12). */
export interface GoldenVector {
  readonly mantissaBits: number;
  readonly constants: string;
  readonly start: string;
  readonly steps: readonly WatchedStep[];
  readonly delta: string;
}

/** Every step of a short session, every twentieth of a long one. */
export const isWatched = ({ steps }: GoldenCase, t: number): boolean => steps.length <= 50 || t % 20 === 19;

/** Carries a case out as NUMERICS.md says. */
export function specVector(golden: GoldenCase): GoldenVector {
  const { inference, scheme, bits, seed, inputs, rates } = golden;
  const session = new SpecSession(inference, scheme, bits === undefined ? undefined : BigInt(bits));
  const start = digestOf(session.state());
  const steps = golden.steps.flatMap(({ input, label }, t) => {
    session.forward(at(inputs, input));
    const segment = rates.findLast(({ firstStep }) => firstStep <= t);
    invariant(segment, `${golden.name} has no rate for step ${t}`);
    const loss = Number(session.learn(label, BigInt(seed), BigInt(t), segment));
    return isWatched(golden, t) ? [{ t, loss, sha256: digestOf(session.state()) }] : [];
  });
  return {
    mantissaBits: Number(session.bits),
    constants: session.constantsDigest(),
    start,
    steps,
    delta: digestOf(session.delta()),
  };
}

/** Of the sources; from `dist` it is one folder further up. */
const FOLDER =
  [resolve(__dirname, '../../vectors'), resolve(__dirname, '../../../../test/vectors')].find((folder) =>
    existsSync(folder),
  ) ?? '.';

export const vectorFile = (name: string): string => join(FOLDER, 'training', `${name}.json`);

export const readVector = (name: string): GoldenVector =>
  JSON.parse(readFileSync(vectorFile(name), 'utf8')) as GoldenVector;

/** Of a whole session. */
export const readSessionVector = (name: string): SessionVector =>
  JSON.parse(readFileSync(vectorFile(name), 'utf8')) as SessionVector;

export const sessionText = (vector: SessionVector): string => `${JSON.stringify(vector, null, 2)}\n`;

/** One step a line. */
export function vectorText({ steps, ...head }: GoldenVector): string {
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
  const fields = Object.entries(head).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${fields.join(',\n')},\n  "steps": [\n${lines}\n  ]\n}\n`;
}
