import { Rng } from '#libs/base/rng';
import type { Activation, Padding } from '#libs/model/ir';
import type { Affine } from '#test/support/graph-builder';

const MOST_ELEMENTS = 3000;
const LARGEST_EXTENT = 11;
const SMALLEST_SCALE = 4e-9;
const LARGEST_SCALE = 10;

/** Random decisions about operators, all from one seed. */
export class Draws {
  private readonly rng: Rng;

  constructor(seed: number) {
    this.rng = new Rng(seed);
  }

  /** An integer, both ends inside. */
  between(low: number, high: number): number {
    return low + this.rng.below(high - low + 1);
  }

  chance(percent: number): boolean {
    return this.rng.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.rng.below(items.length)] as T;
  }

  /** An order of 0..count-1. */
  permutation(count: number): readonly number[] {
    const left = Array.from({ length: count }, (_, i) => i);
    return Array.from({ length: count }, () => left.splice(this.rng.below(left.length), 1)[0] as number);
  }

  /** Some of the items, in order; perhaps none. */
  some<T>(items: readonly T[]): readonly T[] {
    return items.filter(() => this.chance(50));
  }

  /** A factor in 2^-octaves..2^octaves. */
  factor(octaves: number): number {
    return 2 ** ((this.rng.below(2001) / 1000 - 1) * octaves);
  }

  /** Mostly of the size that models have, sometimes anything that TensorFlow Lite's kernels take. */
  scale(): number {
    const [low, high] = this.chance(80) ? [0.001, 0.5] : [SMALLEST_SCALE, LARGEST_SCALE];
    return Math.fround(low * (high / low) ** (this.rng.below(10001) / 10000));
  }

  zeroPoint(): number {
    return this.chance(40) ? this.pick([-128, -1, 0, 127]) : this.between(-128, 127);
  }

  affine(scale = this.scale()): Affine {
    return { scale: Math.fround(scale), zeroPoint: this.zeroPoint() };
  }

  activation(): Activation {
    return this.pick(['none', 'none', 'relu', 'relu6', 'reluN1To1']);
  }

  int8(count: number): Int8Array {
    const isExtreme = this.chance(20);
    return Int8Array.from({ length: count }, () =>
      isExtreme ? this.pick([-128, 127]) : this.between(-128, 127),
    );
  }

  /** An extent, more often a small or an odd one. */
  extent(): number {
    return this.pick([1, 2, 3, 5, this.between(1, LARGEST_EXTENT), this.between(1, LARGEST_EXTENT)]);
  }

  /** A shape of a few thousand elements at most. */
  shape(rank = this.pick([0, 1, 2, 2, 3, 3, 4, 4, 4, 5])): readonly number[] {
    let room = MOST_ELEMENTS;
    return Array.from({ length: rank }, () => {
      const extent = Math.min(this.extent(), room);
      room = Math.floor(room / extent);
      return extent;
    });
  }

  /** [1, H, W, C]. */
  mapShape(): readonly number[] {
    return [1, this.extent(), this.extent(), this.extent()];
  }

  /** At most `most` on every side, each side by itself. */
  padding(vertical: number, horizontal: number): Padding {
    return {
      top: this.between(0, vertical),
      bottom: this.between(0, vertical),
      left: this.between(0, horizontal),
      right: this.between(0, horizontal),
    };
  }
}
