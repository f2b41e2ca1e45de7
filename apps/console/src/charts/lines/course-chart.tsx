import { useElementSize } from '@mantine/hooks';

import styles from './course-chart.module.css';
import { type Axis, endPoints, type PlacedStretch, placeStretches, type Stretch } from './course';

const HEIGHT = 168;
const MARGIN = { left: 40, right: 14, top: 14, bottom: 20 };
/** About what a letter takes. */
const LETTER_WIDTH = 6.2;

interface CourseChartProps {
  readonly title: string;
  readonly stretches: readonly Stretch[];
  readonly axis: Axis;
  readonly format: (value: number) => string;
}

/** How a figure went through the stretches of an execution. */
export function CourseChart({ title, stretches, axis, format }: CourseChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const frame = {
    width: Math.max(0, width - MARGIN.left - MARGIN.right),
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
    axis,
  };
  const placed = placeStretches(stretches, frame);
  return (
    <div ref={ref}>
      <h3 className={styles.title}>{title}</h3>
      <svg className={styles.chart} height={HEIGHT} role="img" aria-label={inWords(title, placed, format)}>
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          {[0, 0.5, 1].map((share) => (
            <g key={share} transform={`translate(0 ${frame.height * (1 - share)})`}>
              <line className={styles.grid} x2={frame.width} />
              <text x={-6} dy="0.35em" textAnchor="end">
                {format(axis.from + share * (axis.to - axis.from))}
              </text>
            </g>
          ))}
          {placed.slice(1).map(({ key, x }) => (
            <line key={key} className={styles.grid} x1={x} x2={x} y2={frame.height} />
          ))}
          <polyline className={styles.trend} points={endPoints(placed)} />
          {placed.map((stretch) => (
            <StretchLines key={stretch.key} stretch={stretch} height={frame.height} format={format} />
          ))}
        </g>
      </svg>
    </div>
  );
}

interface StretchLinesProps {
  readonly stretch: PlacedStretch;
  readonly height: number;
  readonly format: (value: number) => string;
}

function StretchLines({ stretch: { name, x, width, line, last }, height, format }: StretchLinesProps) {
  const hasRoomFor = (text: string): boolean => width >= LETTER_WIDTH * text.length + 4;
  return (
    <g>
      <polyline className={styles.line} points={line} />
      {last && <circle cx={last.x} cy={last.y} r={2.6} fill="var(--fl-personal)" />}
      {last && hasRoomFor(format(last.value)) && (
        <text className={styles.figure} x={last.x - 5} y={last.y - 6} textAnchor="end">
          {format(last.value)}
        </text>
      )}
      {hasRoomFor(name) && (
        <text x={x + width / 2} y={height + 14} textAnchor="middle">
          {name}
        </text>
      )}
    </g>
  );
}

function inWords(
  title: string,
  stretches: readonly PlacedStretch[],
  format: (value: number) => string,
): string {
  const ends = stretches.flatMap(({ name, last }) => (last ? [`${name} ${format(last.value)}`] : []));
  return `${title}: ${ends.join(', ') || 'nothing yet'}`;
}
