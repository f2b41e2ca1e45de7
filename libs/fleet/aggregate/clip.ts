import type { ReadContribution } from './contributions';

/** Root mean square of the weight deltas, in steps; head and biases have other units and are not counted. 0 of none. */
export function weightRms({ deltas }: ReadContribution): number {
  let squares = 0;
  let count = 0;
  for (const { variable, values } of deltas) {
    if (variable.kind !== 'weights') continue;
    count += values.length;
    for (const value of values) squares += value * value;
  }
  return count === 0 ? 0 : Math.sqrt(squares / count);
}

/** The contribution scaled down, whole and rounded halves away from zero, if its weights moved by more than `clipRms`. */
export function clipped(contribution: ReadContribution, clipRms: number): ReadContribution {
  const rms = weightRms(contribution);
  if (rms <= clipRms) return contribution;
  const factor = clipRms / rms;
  const scaled = (value: number): number => Math.sign(value) * Math.round(Math.abs(value) * factor);
  const deltas = contribution.deltas.map(({ variable, values }) => ({
    variable,
    values: values.map(scaled),
  }));
  return { ...contribution, deltas };
}
