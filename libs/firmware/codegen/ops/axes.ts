/**
 * How two arrays of different shape or order are walked together (firmware-templates/kernels/fl_walk.h): dimensions that
 * can be walked as one become one, so that almost every walk is a few long rows.
 */
import { invariant } from '#libs/base/result';
import type { Scope } from '../model/scope';

/** One dimension: its extent and how far both arrays move, in elements, from one index to the next. */
export interface Axis {
  readonly extent: number;
  readonly first: number;
  readonly second: number;
}

/** FL_RANK. */
const RANK = 6;

/** Elements from one index to the next, for each dimension of an array in row-major order. */
export const rowMajor = (shape: readonly number[]): readonly number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));

/** The same walk with as few dimensions as possible. */
export function merged(axes: readonly Axis[]): readonly Axis[] {
  const result: Axis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const outer = result.at(-1);
    const together = outer?.first === axis.first * axis.extent && outer.second === axis.second * axis.extent;
    if (outer && together) result[result.length - 1] = { ...axis, extent: outer.extent * axis.extent };
    else result.push(axis);
  }
  return result;
}

/** The address of the `fl_pair` of a walk. */
export function pairOf(scope: Scope, axes: readonly Axis[]): string {
  const short = merged(axes);
  invariant(short.length <= RANK, `a walk through ${short.length} dimensions`);
  const list = (fill: number, of: (axis: Axis) => number): string =>
    `{${[...Array.from({ length: RANK - short.length }, () => fill), ...short.map(of)].join(', ')}}`;
  const parts = [
    list(1, (axis) => axis.extent),
    list(0, (axis) => axis.first),
    list(0, (axis) => axis.second),
  ];
  return `&${scope.declarations.share('fl_pair', 'pair', { value: `{${parts.join(', ')}}` })}`;
}
