/** Points of a polyline through `values`, evenly spaced over the box; the largest is at the top. */
export function sparklinePoints(values: readonly number[], width: number, height: number): string {
  const lowest = Math.min(...values);
  const span = Math.max(...values) - lowest || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, index) => `${round(index * step)},${round(height - ((value - lowest) / span) * height)}`)
    .join(' ');
}

const round = (value: number): number => Math.round(value * 10) / 10;
