/**
 * The counter-based hash behind every random decision of Fleetlearn (NUMERICS N8): no state, so any draw can be
 * replayed from its key. lowbias32 by Chris Wellons' construction: two multiplications, three shifts.
 */

/** H(x): uint32 -> uint32, a bijection. */
export function hash32(value: number): number {
  let x = value >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}

const GOLDEN = 0x9e3779b9;

/** N8: the key of one layer in one step; `word = hash32(key + (index >> 1))` serves two weights. */
export function layerKey(seed: number, step: number, layer: number): number {
  return hash32((hash32((seed + Math.imul(step, GOLDEN)) >>> 0) ^ layer) >>> 0);
}

/** N8: 16 random bits of the weight with canonical index `index`. */
export function weightDraw(key: number, index: number): number {
  const word = hash32((key + (index >>> 1)) >>> 0);
  return index & 1 ? word >>> 16 : word & 0xffff;
}

/**
 * N9: the order of the next pass, shuffling `order` in place. The list is not reset between passes.
 * @param order item indices, as the previous pass left them (pass 0: capture order)
 */
export function shufflePass(order: number[], seed: number, pass: number): void {
  const key = hash32((seed + 0x5851f42d) >>> 0);
  for (let i = order.length - 1; i >= 1; i--) {
    const draw = hash32((key ^ (Math.imul(pass, 0x10001) + Math.imul(i, GOLDEN))) >>> 0);
    const j = Number((BigInt(draw) * BigInt(i + 1)) >> 32n);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
}

/** A seeded generator for searches and simulations (never for bytes that a device must reproduce). */
export class Rng {
  private counter = 0;
  constructor(private readonly seed: number) {}

  /** uint32. */
  next(): number {
    return hash32((Math.imul(this.seed, GOLDEN) + hash32(this.counter++)) >>> 0);
  }

  /** An integer in 0..bound-1. */
  below(bound: number): number {
    return Math.floor((this.next() / 4294967296) * bound);
  }
}
