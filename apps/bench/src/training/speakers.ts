import { at } from '#libs/base/result';
import { inputQuantisation } from '#libs/firmware/program';
import { type Dataset, type FsddSpeaker, item, toInput } from '#libs/model/dataset';
import type { Graph } from '#libs/model/ir';
import type { SessionRow, SessionRows } from '#libs/model/session';
import { openFsdd } from '../fsdd';

/** Real recordings as a model's input takes them: 100 to learn from, 400 to test on, by speaker and split. */
export type Recordings = (speaker: FsddSpeaker, split: number) => Dataset;

/** Throws a `BenchError` where the recordings are not there. */
export function recordingsFor(inference: Graph, folder: string): Recordings {
  const read = openFsdd(folder);
  const quantisation = inputQuantisation(inference);
  return (speaker, split) => toInput(read(speaker, split), quantisation);
}

export function sessionRows(dataset: Dataset): SessionRows {
  const all = Array.from(dataset.labels, (label, index): SessionRow => ({
    features: item(dataset, index),
    label,
  }));
  return { adapt: all.slice(0, dataset.adaptCount), test: all.slice(dataset.adaptCount) };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a sample; 0 of one. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.map((value) => (value - centre) ** 2);
  return values.length < 2 ? 0 : Math.sqrt((mean(squares) * values.length) / (values.length - 1));
}

/** Of the values, in the order of the keys. */
export function meansBy<T>(
  items: readonly T[],
  keyOf: (item: T) => number,
  valueOf: (item: T) => number,
): readonly number[] {
  const keys = [...new Set(items.map(keyOf))].sort((a, b) => a - b);
  return keys.map((key) => mean(items.filter((each) => keyOf(each) === key).map(valueOf)));
}

/** The last of some values that are there. */
export const last = <T>(values: readonly T[]): T => at(values, values.length - 1);
