/**
 * What the arena holds while a segment runs row by row.
 *
 * 1. The calls are walked once: every map is a prefix of rows that are born, less a prefix that no call needs any more.
 * 2. A map that lives only here is a ring: as many rows as are ever alive together.
 * 3. A ring of one row may lodge with another map instead: in the row that an element by element operator is about to write
 *    from it, or in the ring row that dies while a depthwise convolution makes it.
 * 4. The calls are walked again, with lodgers. One that would meet a row of its host is put out, and again.
 *
 * Times count calls from the segment's first. During a call everything is alive that is alive before or after it.
 */
import { lodgingsOf } from './lodging';
import type { RowNetwork } from './row-network';
import type { Stretch } from './row-calls';
import { type Lodging, type Lodgings, rowsOfRing, type Step, type Track, Walk } from './row-walk';
import type { Call } from './schedule';

export interface RingExtent {
  readonly rows: number;
  readonly rowBytes: number;
  readonly first: number;
  readonly last: number;
}

/** By cell of the network. */
export interface Flow {
  /** Cells that live longer than the segment and are written or read in it. */
  readonly steps: ReadonlyMap<number, readonly Step[]>;
  readonly rings: ReadonlyMap<number, RingExtent>;
  readonly lodgings: ReadonlyMap<number, Lodging>;
  /** Bytes of the cells above that each call needs, without scratch; operands that die under an output in place counted once. */
  readonly taken: readonly number[];
}

/** First and last call during which a map has rows. */
const lifeOf = (
  { first, emptied }: Track,
  calls: number,
): { readonly first: number; readonly last: number } => ({
  first: Math.max(0, first),
  last: emptied < 0 ? calls - 1 : emptied,
});

function ringsOf(walk: Walk, network: RowNetwork, lodgings: Lodgings, calls: number): Flow['rings'] {
  const rings = new Map<number, RingExtent>();
  for (const [number, track] of walk.tracks) {
    if (!track.isRing || lodgings.has(number)) continue;
    const guests = [...lodgings].flatMap(([guest, { host }]) =>
      network.cellOf.get(host) === number ? (walk.tracks.get(guest) ?? []) : [],
    );
    const lives = [track, ...guests].map((each) => lifeOf(each, calls));
    rings.set(number, {
      rows: rowsOfRing(track),
      rowBytes: track.rowBytes,
      first: Math.min(...lives.map(({ first }) => first)),
      last: Math.max(...lives.map(({ last }) => last)),
    });
  }
  return rings;
}

/** Where a host lodges itself, in turn, its guests lie there too. */
function settled(network: RowNetwork, lodgings: Lodgings): Lodgings {
  const resolved = (lodging: Lodging): Lodging => {
    const next = lodgings.get(network.cellOf.get(lodging.host) ?? -1);
    return next && lodging.how === 'row' ? resolved(next) : lodging;
  };
  return new Map([...lodgings].map(([number, lodging]) => [number, resolved(lodging)] as const));
}

/** Rings are taken whole from their first row to their last. */
function withRings(taken: readonly number[], rings: Flow['rings']): readonly number[] {
  const changes = new Float64Array(taken.length + 1);
  for (const { rows, rowBytes, first, last } of rings.values()) {
    changes[first] = (changes[first] ?? 0) + rows * rowBytes;
    changes[last + 1] = (changes[last + 1] ?? 0) - rows * rowBytes;
  }
  let bytes = 0;
  return taken.map((others, time) => others + (bytes += changes[time] ?? 0));
}

/** @param calls of the stretch alone */
export function flowOf(network: RowNetwork, stretch: Stretch, calls: readonly Call[]): Flow {
  const first = new Walk(network, stretch).run(calls);
  const ringRows = new Map([...first.tracks].map(([number, track]) => [number, rowsOfRing(track)] as const));
  const lodgings = lodgingsOf(network, stretch, first.tracks);
  let walk = first;
  while (lodgings.size > 0) {
    walk = new Walk(network, stretch, lodgings, ringRows).run(calls);
    if (walk.evicted.size === 0) break;
    for (const number of walk.evicted) lodgings.delete(number);
    walk = first;
  }
  const rings = ringsOf(walk, network, lodgings, calls.length);
  const taken = withRings(walk.taken, rings);
  const steps = new Map(
    [...walk.tracks].flatMap(([number, track]) => (track.isRing ? [] : [[number, track.steps] as const])),
  );
  return { steps, rings, lodgings: settled(network, lodgings), taken };
}
