import { rateOf } from '#libs/model/quant';
import { define } from './define';

/** Learning rates that people ask for. */
const COMMON = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];

/** Common learning rates as the integers that steps are computed with. */
export function rateConstants(prefix: string): string {
  return COMMON.map((rate) => {
    const { mantissa, exponent } = rateOf(rate);
    return define(`${prefix}_RATE_${String(rate).replace('.', '_')}`, `{${mantissa}, ${exponent}}`);
  }).join('\n');
}
