/** The notation of NUMERICS.md, in big integers. */

/** An exponent of N4; `undefined` is NONE. */
export type Exponent = bigint | undefined;

export const abs = (x: bigint): bigint => (x < 0n ? -x : x);
export const largest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a), 0n);
export const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

/** The larger exponent: NONE is below all. */
export function later(a: Exponent, b: Exponent): Exponent {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

export function rsh(x: bigint, s: bigint): bigint {
  if (s <= 0n) return x;
  return s > 31n ? 0n : (x + (1n << (s - 1n))) >> s;
}

export function blen(v: bigint): bigint {
  let bits = 0n;
  while (v >> bits > 0n) bits++;
  return bits;
}

export const sat = (v: bigint, limit: bigint): bigint => (v > limit ? limit : v < -limit ? -limit : v);

/** Mantissa and exponent, as each use says. */
export interface Pair {
  readonly m: bigint;
  readonly e: bigint;
}

/** d = q * 2^e with q in [.5, 1): halving and doubling are exact. */
function frexp(d: number): { readonly q: number; readonly e: number } {
  let [q, e] = [d, 0];
  if (d === 0) return { q, e };
  for (; q >= 1; e++) q /= 2;
  for (; q < 0.5; e--) q *= 2;
  return { q, e };
}

function rounded(d: number, bits: number): Pair {
  const { q, e } = frexp(d);
  const m = Math.floor(q * 2 ** bits + 0.5);
  const isPower = m === 2 ** bits;
  return { m: BigInt(isPower ? m / 2 : m), e: BigInt(isPower ? e + 1 : e) };
}

export const q31 = (d: number): Pair => rounded(d, 31);
export const q15 = (d: number): Pair => rounded(d, 15);

/** The least k with x <= 2^k. */
export function kceil(x: number): number {
  let k = -200;
  while (2 ** k < x) k++;
  return k;
}

/** floor(x * 2^(15 - k) + .5). */
export const aligned = (x: number, k: number): bigint => BigInt(Math.floor(x * 2 ** (15 - k) + 0.5));

/** N2: the three steps of TensorFlow Lite Micro's requantisation, on int32. */
const int32 = (x: bigint): bigint => BigInt.asIntN(32, x);

/** BigInt division truncates toward zero, as C's. */
const srdhm = (x: bigint, m: bigint): bigint => {
  const product = x * m;
  return (product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n);
};

function rdpot(x: bigint, e: bigint): bigint {
  const mask = (1n << e) - 1n;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> e) + ((x & mask) > threshold ? 1n : 0n);
}

export const mbqm = (x: bigint, { m, e }: Pair): bigint =>
  rdpot(srdhm(int32(x << (e > 0n ? e : 0n)), m), e < 0n ? -e : 0n);

/** N8. */
const uint32 = (x: bigint): bigint => BigInt.asUintN(32, x);

export function hash(value: bigint): bigint {
  let x = uint32(value);
  x ^= x >> 16n;
  x = uint32(x * 0x7feb352dn);
  x ^= x >> 15n;
  x = uint32(x * 0x846ca68bn);
  return x ^ (x >> 16n);
}

export const layerKey = (seed: bigint, step: bigint, layer: bigint): bigint =>
  hash(hash(seed + step * 0x9e3779b9n) ^ layer);

export function draw(key: bigint, ix: bigint): bigint {
  const word = hash(key + (ix >> 1n));
  return ix % 2n === 1n ? word >> 16n : word & 65535n;
}

/** N9: the order before pass `pass`, made of the one before. */
export function shuffled(order: readonly number[], seed: bigint, pass: number): readonly number[] {
  const list = [...order];
  for (let i = list.length - 1; i >= 1; i--) {
    const word = hash(hash(seed + 0x5851f42dn) ^ uint32(BigInt(pass) * 0x10001n + BigInt(i) * 0x9e3779b9n));
    const j = Number((word * BigInt(i + 1)) >> 32n);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
