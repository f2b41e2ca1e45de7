/** What a state means to an operator; each has a shape and a colour of its own. */
export type Tone = 'good' | 'working' | 'waiting' | 'warn' | 'bad' | 'off';

const SHAPES = {
  good: (
    <>
      <circle cx="6" cy="6" r="5.5" fill="currentColor" />
      <path d="M3.4 6.2 5.3 8l3.4-3.9" fill="none" stroke="var(--fl-surface)" strokeWidth="1.5" />
    </>
  ),
  working: (
    <>
      <circle cx="6" cy="6" r="4.7" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 1.3a4.7 4.7 0 0 1 0 9.4z" fill="currentColor" />
    </>
  ),
  waiting: <circle cx="6" cy="6" r="4.7" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  warn: (
    <>
      <path d="M6 .6 11.7 11H.3z" fill="currentColor" />
      <path d="M6 4.2v3.2M6 8.4v1.3" stroke="var(--fl-surface)" strokeWidth="1.4" />
    </>
  ),
  bad: (
    <>
      <rect x=".8" y=".8" width="10.4" height="10.4" rx="1.5" fill="currentColor" />
      <path d="m3.6 3.6 4.8 4.8m0-4.8L3.6 8.4" stroke="var(--fl-surface)" strokeWidth="1.5" />
    </>
  ),
  off: <path d="M1.5 6h9" stroke="currentColor" strokeWidth="2" />,
} satisfies Record<Tone, unknown>;

const COLOURS = {
  good: 'var(--fl-good)',
  working: 'var(--fl-working)',
  waiting: 'var(--fl-waiting)',
  warn: 'var(--fl-warn)',
  bad: 'var(--fl-bad)',
  off: 'var(--fl-waiting)',
} satisfies Record<Tone, string>;

export function StateGlyph({ tone, size = 11 }: { readonly tone: Tone; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden="true"
      style={{ color: COLOURS[tone], flex: 'none' }}
    >
      {SHAPES[tone]}
    </svg>
  );
}
