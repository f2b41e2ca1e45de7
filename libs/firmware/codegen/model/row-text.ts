/** C expressions for the places of rows, in loops where `row` counts the calls of an operator. */

const residue = (value: number, of: number): number => ((value % of) + of) % of;

/** A row of a map as a multiple of what counts, and some more. */
export interface RowNumber {
  readonly of: string;
  readonly step: number;
  readonly shift: number;
}

export const ROW: RowNumber = { of: 'row', step: 1, shift: 0 };

function sum({ of, step, shift }: RowNumber): string {
  if (step === 0) return String(shift);
  const product = step === 1 ? of : `${of} * ${step}`;
  return shift === 0 ? product : `${product} + ${shift}`;
}

const factor = (row: RowNumber): string => (sum(row) === row.of ? row.of : `(${sum(row)})`);

/** ` + ...`: how far a row lies from the beginning of a map, or of a ring of `ringRows`; nothing where that is 0. */
export function distanceText(row: RowNumber, rowBytes: number, ringRows?: number): string {
  if (ringRows === undefined) return ` + ${factor(row)} * ${rowBytes}`;
  const { of } = row;
  const inRing = { of, step: residue(row.step, ringRows), shift: residue(row.shift, ringRows) };
  if (inRing.step === 0) return inRing.shift === 0 ? '' : ` + ${inRing.shift * rowBytes}`;
  return ` + ${factor(inRing)} % ${ringRows} * ${rowBytes}`;
}
