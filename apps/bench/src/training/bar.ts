import { grouped } from '#libs/base/table';

/** What a figure is held to. */
export interface Bar {
  readonly side: 'at least' | 'at most';
  readonly value: number;
}

export const atLeast = (value: number): Bar => ({ side: 'at least', value });
export const atMost = (value: number): Bar => ({ side: 'at most', value });

/** How a figure, its bar and their distance are written. */
export type Format = (value: number) => string;

/** `.973`, as the anchors are written. */
export const fraction: Format = (value) => value.toFixed(3).replace(/^(-?)0\./, '$1.');
/** Enough digits that what misses its bar does not look as if it met it. */
export const cosine: Format = (value) => value.toFixed(6).replace(/^0\./, '.');
export const ratio: Format = (value) => value.toFixed(3);
export const points: Format = (value) => value.toFixed(2);
export const bytes: Format = (value) => grouped(Math.round(value));
export const millions: Format = (value) => `${(value / 1e6).toFixed(2)} M`;
export const count: Format = (value) => String(value);

/** `met`, or by how much it was missed. */
export function verdict({ side, value: bar }: Bar, measured: number, format: Format): string {
  const short = side === 'at least' ? bar - measured : measured - bar;
  if (Number.isNaN(short)) return 'not measured';
  return short <= 0 ? 'met' : `missed by ${format(short)}`;
}
