/** A stretch of an execution: a test, or one pass of training. */
export interface Stretch {
  readonly key: string;
  readonly name: string;
  readonly points: readonly CoursePoint[];
}

export interface CoursePoint {
  /** 0..1 of its stretch. */
  readonly progress: number;
  readonly value: number;
}

export interface PlacedStretch {
  readonly key: string;
  readonly name: string;
  readonly x: number;
  readonly width: number;
  /** Points of a polyline. */
  readonly line: string;
  readonly last: { readonly x: number; readonly y: number; readonly value: number } | undefined;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly axis: Axis;
}

/** Values at the bottom and the top of a drawing. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** Stretches side by side, equally wide: where in the work something happened, whatever time it took. */
export function placeStretches(
  stretches: readonly Stretch[],
  { width, height, axis }: Frame,
): readonly PlacedStretch[] {
  const each = width / Math.max(1, stretches.length);
  return stretches.map(({ key, name, points }, index) => {
    const placed = points.map(({ progress, value }) => ({
      x: round((index + progress) * each),
      y: round((height * (axis.to - value)) / (axis.to - axis.from)),
      value,
    }));
    const line = placed.map(({ x, y }) => `${x},${y}`).join(' ');
    return { key, name, x: index * each, width: each, line, last: placed.at(-1) };
  });
}

/** Points of a polyline through the ends of the stretches. */
export const endPoints = (stretches: readonly PlacedStretch[]): string =>
  stretches.flatMap(({ last }) => (last ? [`${last.x},${last.y}`] : [])).join(' ');

/** From 0 to a round number at or above the largest value. */
export const axisFromZero = (values: readonly number[]): Axis => ({ from: 0, to: roundTop(values) });

/** For shares, which end at 1: from the tenth below the lowest, with a fifth shown at least. */
export const axisToOne = (values: readonly number[]): Axis => ({
  from: Math.max(0, Math.floor(10 * Math.min(0.8, ...values)) / 10),
  to: 1,
});

function roundTop(values: readonly number[]): number {
  const largest = Math.max(0, ...values);
  if (largest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= largest) ?? 10;
  return step * power;
}

const round = (value: number): number => Math.round(value * 10) / 10;
