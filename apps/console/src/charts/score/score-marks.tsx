/** Shapes of the three scores; x in percent of the drawing's width. Shape and place differ, not only colour. */
interface MarkProps {
  readonly x: number;
}

const px = (x: number): string => `${x.toFixed(2)}%`;

/** A bar over both lanes. */
export function BeforeMark({ x }: MarkProps) {
  return (
    <line
      x1={px(x)}
      x2={px(x)}
      y1="3"
      y2="23"
      stroke="var(--fl-before)"
      strokeWidth="3"
      strokeLinecap="round"
    />
  );
}

/** A diamond in the upper lane. */
export function PersonalisedMark({ x }: MarkProps) {
  return (
    <svg x={px(x)} y="8" overflow="visible">
      <path d="M0-5.5 5.5 0 0 5.5-5.5 0z" fill="var(--fl-personal)" />
    </svg>
  );
}

/** A square in the lower lane. */
export function FinalGlobalMark({ x }: MarkProps) {
  return (
    <svg x={px(x)} y="18.5" overflow="visible">
      <rect x="-4.2" y="-4.2" width="8.4" height="8.4" fill="var(--fl-global)" />
    </svg>
  );
}

interface LaneProps {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly colour: string;
}

export function Lane({ from, to, y, colour }: LaneProps) {
  return <line x1={px(from)} x2={px(to)} y1={y} y2={y} stroke={colour} strokeWidth="2" opacity="0.6" />;
}

export function Gridline({ x }: MarkProps) {
  return <line x1={px(x)} x2={px(x)} y1="0" y2="26" stroke="var(--fl-line)" />;
}
