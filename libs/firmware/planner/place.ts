import { aligned } from './plan';
import type { Item, Span } from './items';

/** Bases of `other`'s partner, relative to the base of `other`, at which the two would overlap: above `down`, below `up`. */
interface Clash {
  readonly other: number;
  readonly down: number;
  readonly up: number;
}

function clashOfSpans(a: Span, b: Span): Omit<Clash, 'other'> | undefined {
  const together = a.first <= b.last && b.first <= a.last;
  return together ? { down: a.low - b.high, up: a.high - b.low } : undefined;
}

/** Everything that keeps `item` from lying where it likes beside `beside`. */
function clashOf(item: Item, beside: Item, other: number): readonly Clash[] {
  const clashes = beside.spans.flatMap((span) => item.spans.flatMap((own) => clashOfSpans(span, own) ?? []));
  if (clashes.length === 0) return [];
  return [
    {
      other,
      down: Math.min(...clashes.map(({ down }) => down)),
      up: Math.max(...clashes.map(({ up }) => up)),
    },
  ];
}

/** Positions of items in the list given to `Placer`. */
export type Order = readonly number[];

export interface Placement {
  readonly bases: readonly number[];
  readonly peakBytes: number;
}

/** Where nothing has been placed yet. */
const UNPLACED = -1;

/** Places items one after the other, each at the lowest base where it meets none of those before it (first fit). */
export class Placer {
  private readonly clashes: readonly (readonly Clash[])[];
  private readonly heights: readonly number[];

  /** @param floor bytes below which nothing is placed */
  constructor(
    items: readonly Item[],
    private readonly floor: number,
  ) {
    this.clashes = items.map((item, index) =>
      items.flatMap((beside, other) => (other === index ? [] : clashOf(item, beside, other))),
    );
    this.heights = items.map(({ spans }) => Math.max(...spans.map(({ high }) => high)));
  }

  place(order: Order): Placement {
    const bases = this.heights.map(() => UNPLACED);
    let peakBytes = this.floor;
    for (const index of order) {
      const base = this.lowestBase(index, bases);
      bases[index] = base;
      peakBytes = Math.max(peakBytes, base + (this.heights[index] as number));
    }
    return { bases, peakBytes };
  }

  /** Rises over whatever is in the way until nothing is. */
  private lowestBase(index: number, bases: readonly number[]): number {
    const clashes = this.clashes[index] as readonly Clash[];
    let base = this.floor;
    for (let rising = true; rising;) {
      rising = false;
      for (const { other, down, up } of clashes) {
        const origin = bases[other] as number;
        if (origin === UNPLACED || base <= origin + down || base >= origin + up) continue;
        base = aligned(origin + up);
        rising = true;
      }
    }
    return base;
  }
}
