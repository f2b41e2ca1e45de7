import { abs, blen, type Exponent, largest, later, type Pair, rsh, sat, sum } from './arithmetic';
import type { LayerConstants } from './constants';
import { type Computed, indexOf, inputsOf, type Parameters, sourceOf, tapsOf } from './forward';
import { isExpanding, type Layer, type Network, pixelsOf } from './network';

/** N4: mantissas by channel and pixel, an exponent a channel. */
export interface Gradient {
  readonly mantissas: readonly (readonly bigint[])[];
  readonly exponents: readonly Exponent[];
}

/** The gradient of an ADD, as one of its operands sees it: times r = m * 2^(e - 15). */
export interface SkipGradient extends Gradient {
  readonly ratio: Pair;
}

/** A layer, what it computes with before the step, and M. */
export interface LayerStep {
  readonly network: Network;
  readonly layer: Layer;
  readonly parameters: Parameters;
  readonly constants: LayerConstants;
  readonly bits: bigint;
}

const isOpen = (mask: readonly boolean[], c: number, p: number, pixels: number): boolean =>
  mask[c * pixels + p]!;

/** The end of N5 and N6.4: one channel through its mask, shortened to `bits`. */
function shortened(
  row: readonly bigint[],
  exponent: Exponent,
  bits: bigint,
): { readonly mantissas: readonly bigint[]; readonly exponent: Exponent } {
  const most = largest(row.map(abs));
  if (most === 0n || exponent === undefined) return { mantissas: row.map(() => 0n), exponent: undefined };
  const excess = blen(most) - bits;
  const s = excess > 0n ? excess : 0n;
  return { mantissas: row.map((value) => rsh(value, s)), exponent: exponent + s };
}

const gradientFrom = (channels: readonly ReturnType<typeof shortened>[]): Gradient => ({
  mantissas: channels.map(({ mantissas }) => mantissas),
  exponents: channels.map(({ exponent }) => exponent),
});

/** N5: the gradient of the pooled map. */
export function headGradient(
  { network, parameters, constants, bits }: LayerStep,
  error: readonly bigint[],
  { mask }: Computed,
): Gradient {
  const { channels } = network.pooled;
  const pixels = pixelsOf(network.pooled);
  const t = error.map((e, k) => e * constants.back[k]!.m);
  const excess = blen(largest(t.map(abs))) - bits;
  const s = excess > 0n ? excess : 0n;
  const exponent = constants.back[0]!.e - 30n + s;
  return gradientFrom(
    Array.from({ length: channels }, (_, j) => {
      const a = sum(t.map((value, k) => parameters.weights[k * channels + j]! * rsh(value, s)));
      const one = shortened([a], exponent - 4n, bits);
      const plane = Array.from({ length: pixels }, (__, p) =>
        isOpen(mask, j, p, pixels) ? one.mantissas[0]! : 0n,
      );
      return { mantissas: plane, exponent: plane.some((m) => m !== 0n) ? one.exponent : undefined };
    }),
  );
}

/** N6.2. `mask`: where an ADD follows (N6.1). */
export function scaled(
  { network, layer, constants: { back } }: LayerStep,
  g: Gradient,
  mask: readonly boolean[] | undefined,
): Gradient {
  const pixels = pixelsOf(layer.output);
  const e = g.exponents.map((exponent, o) =>
    exponent === undefined || back[o]!.m === 0n ? undefined : exponent + back[o]!.e,
  );
  const shared = e.reduce(later, undefined);
  const keepsOwn = layer.kind === 'depthwise' || isExpanding(network, layer);
  const exponents = e.map((own) => (keepsOwn ? own : shared));
  const mantissas = g.mantissas.map((plane, o) =>
    plane.map((value, p) => {
      const [own, to] = [e[o], exponents[o]];
      if (own === undefined || to === undefined || (mask && !isOpen(mask, o, p, pixels))) return 0n;
      return rsh(value * back[o]!.m, 15n + to - own);
    }),
  );
  return { mantissas, exponents };
}

interface Sums {
  readonly rows: bigint[][];
  readonly exponents: Exponent[];
}

function noSums({ input }: Layer): Sums {
  const rows = Array.from({ length: input.channels }, () =>
    Array.from({ length: pixelsOf(input) }, () => 0n),
  );
  return { rows, exponents: rows.map(() => undefined) };
}

/** rows += what output channel `o` gives to every input that it meets, its plane of h being `plane`. */
function spread({ layer, parameters }: LayerStep, plane: readonly bigint[], o: number, { rows }: Sums): void {
  plane.forEach((mantissa, p) => {
    for (let tap = 0; tap < tapsOf(layer); tap++) {
      const to = sourceOf(layer, p, tap);
      if (to === undefined) continue;
      inputsOf(layer, o).forEach((i, n) => {
        rows[i]![to]! += parameters.weights[indexOf(layer, o, n, tap)]! * mantissa;
      });
    }
  });
}

function alignedSums(at: LayerStep, h: Gradient): Sums {
  const sums = noSums(at.layer);
  h.mantissas.forEach((plane, o) => spread(at, plane, o, sums));
  sums.rows.forEach((_, i) => (sums.exponents[i] = h.exponents[at.layer.kind === 'depthwise' ? i : 0]));
  return sums;
}

function runningSums(at: LayerStep, h: Gradient): Sums {
  const sums = noSums(at.layer);
  let run: Exponent;
  for (let first = 0; first < at.layer.output.channels; first += 4) {
    const group = h.exponents.slice(first, first + 4);
    const next = group.reduce(later, run);
    if (next === undefined) continue;
    if (run !== undefined && next > run) {
      for (const row of sums.rows) row.forEach((value, p) => (row[p] = rsh(value, next - run!)));
    }
    run = next;
    group.forEach((exponent, k) => {
      if (exponent === undefined) return;
      const plane = h.mantissas[first + k]!.map((mantissa) => rsh(mantissa, next - exponent));
      spread(at, plane, first + k, sums);
    });
  }
  sums.exponents.fill(run);
  return sums;
}

function addSkip(sums: Sums, skip: SkipGradient): void {
  sums.rows.forEach((row, i) => {
    const own = skip.exponents[i];
    if (own === undefined) return;
    const from = own + skip.ratio.e - 15n;
    const to = sums.exponents[i] ?? from;
    const z = to - from;
    sums.exponents[i] = to;
    skip.mantissas[i]!.forEach((mantissa, p) => {
      const v = mantissa * skip.ratio.m;
      row[p]! += z >= 0n ? rsh(v, z) : sat(v << -z, (1n << 30n) - 1n);
    });
  });
}

/** N6.4. */
export function inputGradient(
  at: LayerStep,
  h: Gradient,
  { mask }: Computed,
  skip: SkipGradient | undefined,
): Gradient {
  const { network, layer, bits } = at;
  const pixels = pixelsOf(layer.input);
  const sums = (isExpanding(network, layer) ? runningSums : alignedSums)(at, h);
  if (skip) addSkip(sums, skip);
  return gradientFrom(
    sums.rows.map((row, i) => {
      const passed = row.map((value, p) => (isOpen(mask, i, p, pixels) ? value : 0n));
      if ([...passed, ...row].some((value) => abs(value) >= 1n << 31n))
        throw new Error(`${layer.name} overflows`);
      return shortened(passed, sums.exponents[i], bits);
    }),
  );
}

/** N6.5, of the weight between output `o` and the `n`th of its inputs. */
export function weightGradient(
  layer: Layer,
  h: Gradient,
  x: Computed,
  at: { o: number; n: number; tap: number },
): bigint {
  const channel = inputsOf(layer, at.o)[at.n]!;
  let total = 0n;
  h.mantissas[at.o]!.forEach((mantissa, p) => {
    const from = sourceOf(layer, p, at.tap);
    if (from !== undefined)
      total += mantissa * (x.values[channel * pixelsOf(layer.input) + from]! - layer.input.zero);
  });
  return total;
}
