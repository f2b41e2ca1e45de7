import { performance } from 'node:perf_hooks';
import { grouped } from '#libs/base/table';
import type { SearchProgress } from '#libs/model/scheme';
import type { Terminal } from '../command';

/** Searches that are done sooner need no words; those that take longer say so often how far they are. */
const EVERY_MS = 2000;

/**
 * A line every two seconds on how far a search is.
 * @param now milliseconds of a clock
 */
export function searchNotes(
  terminal: Terminal,
  now: () => number = () => performance.now(),
): (progress: SearchProgress) => void {
  let last = now();
  return ({ plans, best }) => {
    if (now() - last < EVERY_MS) return;
    last = now();
    terminal.note(`search: ${plans} schemes planned; ${best ? bestText(best) : 'nothing fits so far'}`);
  };
}

const bestText = ({ scheme, gain, peakBytes }: NonNullable<SearchProgress['best']>): string =>
  `best so far: biases of ${scheme.biasLayers} layers, weights of ${scheme.weightLayers.length}, ` +
  `expected gain ${gain.toPrecision(4)}, arena ${grouped(peakBytes)} bytes`;
