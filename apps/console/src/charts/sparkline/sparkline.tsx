import { sparklinePoints } from './sparkline-path';

const WIDTH = 56;
const HEIGHT = 14;

/** The course of a few values; their figures stand beside it. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return null;
  return (
    <svg
      width={WIDTH + 4}
      height={HEIGHT + 4}
      viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`}
      aria-hidden="true"
    >
      <polyline
        points={sparklinePoints(values, WIDTH, HEIGHT)}
        fill="none"
        stroke="var(--fl-personal)"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
