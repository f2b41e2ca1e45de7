import type { SharedValue } from '../model/declarations';

const NUMBERS_A_LINE = 16;

/** The initialiser of an array. */
export function arrayText(values: ArrayLike<number>): SharedValue {
  const all = Array.from(values);
  const lines = Array.from({ length: Math.ceil(all.length / NUMBERS_A_LINE) }, (_, line) =>
    all.slice(line * NUMBERS_A_LINE, (line + 1) * NUMBERS_A_LINE).join(', '),
  );
  const value = lines.length === 1 ? `{${lines[0]}}` : `{\n    ${lines.join(',\n    ')}}`;
  return { size: `[${all.length}]`, value };
}
