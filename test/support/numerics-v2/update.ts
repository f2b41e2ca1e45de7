import { draw, type Exponent, type Pair, rsh, sat, sum } from './arithmetic';
import { type Gradient, type LayerStep, weightGradient } from './backward';
import { type Computed, indexOf, inputsOf, tapsOf } from './forward';

/** How large a step is: N7's q and lr, and the fractional bits of the result. */
interface StepScale {
  readonly q: Pair;
  readonly lr: Pair;
  readonly fraction: bigint;
}

/** The rate of a part and, for weights, the key of N8. */
export interface Moving {
  readonly lr: Pair;
  readonly key: bigint;
}

/** N7: D. */
function stepOf(gradient: bigint, exponent: Exponent, { q, lr, fraction }: StepScale): bigint {
  if (exponent === undefined) return 0n;
  const t = (gradient * (q.m * lr.m * 2n) + (1n << 31n)) >> 32n;
  const s = -(1n + q.e + lr.e + exponent + fraction);
  return s >= 0n ? rsh(t, s) : sat(t << -s, (1n << 31n) - 1n);
}

const movedBias = (b: bigint, d: bigint): bigint => sat(b - d, 1n << 30n);

/** N6.3. */
export function updateBiases({ layer, parameters, constants }: LayerStep, h: Gradient, lr: Pair): void {
  layer.scales.forEach((_, o) => {
    if (constants.frozen[o]) return;
    const by = { q: constants.biasStep[o]!, lr, fraction: 8n };
    const d = stepOf(sum(h.mantissas[o]!), h.exponents[o], by);
    parameters.biases[o] = movedBias(parameters.biases[o]!, d);
  });
}

/** N6.5. */
export function updateWeights(
  { layer, parameters: { weights }, constants }: LayerStep,
  h: Gradient,
  x: Computed,
  { lr, key }: Moving,
): void {
  layer.scales.forEach((_, o) => {
    if (constants.frozen[o]) return;
    const by = { q: constants.weightStep[o]!, lr, fraction: 16n };
    inputsOf(layer, o).forEach((__, n) => {
      for (let tap = 0; tap < tapsOf(layer); tap++) {
        const ix = indexOf(layer, o, n, tap);
        const d = sat(stepOf(weightGradient(layer, h, x, { o, n, tap }), h.exponents[o], by), 8n * 65536n);
        weights[ix] = sat(weights[ix]! + ((draw(key, BigInt(ix)) - d) >> 16n), 127n);
      }
    });
  });
}

/** N5; the biases move at the same rate. */
export function updateHead(
  { parameters: { weights, biases }, constants }: LayerStep,
  error: readonly bigint[],
  features: readonly bigint[],
  { lr, key }: Moving,
): void {
  error.forEach((e, k) => {
    if (constants.frozen[k]) return;
    const by = { q: constants.weightStep[k]!, lr, fraction: 16n };
    features.forEach((f, j) => {
      const ix = k * features.length + j;
      const d = sat(stepOf(e * f, -15n, by), 64n * 65536n);
      weights[ix] = sat(weights[ix]! + (((draw(key, BigInt(ix)) >> 4n) - d) >> 12n), 8191n);
    });
    biases[k] = movedBias(biases[k]!, stepOf(e, -15n, { q: constants.biasStep[k]!, lr, fraction: 8n }));
  });
}
