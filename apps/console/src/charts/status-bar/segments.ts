import type { Tone } from '../../components/state/state-glyph';

export interface Segment {
  readonly word: string;
  readonly meaning: string;
  readonly tone: Tone;
  readonly count: number;
}

/** How states follow each other in a bar: what is done first, what is lost last. */
const ORDER = {
  good: 0,
  working: 1,
  waiting: 2,
  warn: 3,
  bad: 4,
  off: 5,
} satisfies Record<Tone, number>;

/** Counts what has the same words; the farthest first. */
export function segmentsOf(states: readonly Omit<Segment, 'count'>[]): readonly Segment[] {
  const segments = new Map<string, Segment>();
  for (const state of states) {
    segments.set(state.word, { ...state, count: (segments.get(state.word)?.count ?? 0) + 1 });
  }
  return [...segments.values()].sort(
    (a, b) => ORDER[a.tone] - ORDER[b.tone] || a.word.localeCompare(b.word, 'en'),
  );
}
