import { at, invariant } from '#libs/base/result';
import type { TensorId } from '#libs/model/ir';
import { type Cell, isInside, type RowNetwork } from './row-network';
import { isWithin, type Stretch } from './row-calls';
import type { RowRule } from './row-rules';
import { type Call, isRead, type ReadCall } from './schedule';

/** Bytes [low, high) of a cell are alive from call `first` on, until the next step. */
export interface Step {
  readonly first: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Where a map without bytes of its own lies. `row`: its row y is the host's row y. `slot`: its row y lies in row
 * (y * step + shift) mod rows of the host's ring.
 */
export type Lodging =
  | { readonly how: 'row'; readonly host: TensorId }
  | { readonly how: 'slot'; readonly host: TensorId; readonly step: number; readonly shift: number };

/** What is known of a cell while the calls are walked. Rows [low, high) are alive, in bytes. */
export interface Track {
  readonly cell: Cell;
  readonly number: number;
  readonly isRing: boolean;
  readonly rowBytes: number;
  /** Bytes that each reader in the segment has released. */
  readonly released: number[];
  /** Others read it later. */
  readonly isKept: boolean;
  /** Not of rings. */
  readonly steps: Step[];
  low: number;
  high: number;
  widest: number;
  /** First call during which it has rows, and the first after which it has none; -1 while it has not, or has again. */
  first: number;
  emptied: number;
  /** Where its rows lie as well, from the moment that it has them. */
  host: Track | undefined;
  /** Pairs of a lodger and the ring whose rows it takes; it is one of the two. */
  readonly stays: Stay[];
}

interface Stay {
  readonly guest: Track;
  readonly host: Track;
  /** Rows of the ring. */
  readonly rows: number;
  readonly step: number;
  readonly shift: number;
}

/** An operator of the segment, as the walk needs it. */
interface Stage {
  readonly rule: RowRule;
  readonly reads: readonly {
    readonly track: Track;
    readonly reader: number;
    readonly released: readonly number[];
  }[];
  readonly output: Track | undefined;
  readonly mask: Track | undefined;
  readonly rowBytes: number;
}

const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;

export type Lodgings = ReadonlyMap<number, Lodging>;

/** One pass over the calls of a segment: see row-flow.ts. */
export class Walk {
  readonly tracks = new Map<number, Track>();
  readonly taken: number[] = [];
  /** Lodgers that met a row of their host. */
  readonly evicted = new Set<number>();
  private readonly stages = new Map<number, Stage>();
  private alive = 0;
  private time = 0;

  constructor(
    private readonly network: RowNetwork,
    private readonly stretch: Stretch,
    lodgings: Lodgings = new Map(),
    ringRows: ReadonlyMap<number, number> = new Map(),
  ) {
    for (const op of network.order.slice(stretch.from, stretch.to)) this.stages.set(op, this.stageOf(op));
    for (const [number, lodging] of lodgings) {
      const [guest, host] = [this.tracks.get(number), this.track(lodging.host)];
      invariant(guest && host, 'lodgers and hosts are touched by the segment');
      if (lodging.how === 'row') {
        guest.host = host;
        continue;
      }
      const stay = {
        guest,
        host,
        rows: ringRows.get(host.number) ?? 1,
        step: lodging.step,
        shift: lodging.shift,
      };
      guest.stays.push(stay);
      host.stays.push(stay);
    }
  }

  run(calls: readonly Call[]): this {
    calls.forEach((call, time) => {
      this.time = time;
      if (isRead(call)) this.readRows(call);
      else this.callOp(call.op, call.rows?.from ?? 0);
    });
    return this;
  }

  private stageOf(op: number): Stage {
    const rule = this.network.rules[op];
    invariant(rule, `operator ${op} runs row by row`);
    const reads = rule.reads.flatMap(({ tensor, released }) => {
      const track = this.track(tensor);
      const bytes = released.map((rows) => rows * at(this.network.rowBytes, tensor));
      return track ? [{ track, reader: track.released.push(0) - 1, released: bytes }] : [];
    });
    const output = this.track(rule.output);
    const mask = rule.mask === undefined ? undefined : this.track(rule.mask);
    return { rule, reads, output, mask, rowBytes: at(this.network.rowBytes, rule.output) };
  }

  private track(id: TensorId): Track | undefined {
    const { cellOf, cells, rowBytes } = this.network;
    const number = cellOf.get(id);
    if (number === undefined) return undefined;
    const known = this.tracks.get(number);
    if (known) return known;
    const cell = at(cells, number);
    const isOwn = isWithin(this.stretch);
    const isBornHere = isOwn(cell.writer) || (cell.isRead && isOwn(Math.min(...cell.readers)));
    const isRing = isInside(this.network, cell, isOwn);
    const high = isBornHere ? 0 : cell.bytes;
    const track: Track = {
      cell,
      number,
      isRing,
      rowBytes: at(rowBytes, id),
      released: [],
      isKept: cell.isOutput || cell.readers.some((position) => position >= this.stretch.to),
      steps: isBornHere ? [] : [{ first: 0, low: 0, high }],
      low: 0,
      high,
      widest: 0,
      first: isBornHere ? -1 : 0,
      emptied: -1,
      host: undefined,
      stays: [],
    };
    this.tracks.set(number, track);
    if (!isRing) this.alive += high;
    return track;
  }

  private readRows({ tensor, rows }: ReadCall): void {
    const track = this.track(tensor);
    const before = this.alive;
    this.taken.push(before + (track ? this.bear(track, rows.to * at(this.network.rowBytes, tensor)) : 0));
  }

  private callOp(op: number, row: number): void {
    const stage = this.stages.get(op);
    invariant(stage, `operator ${op} is one of the segment`);
    const { rule, reads, output, mask, rowBytes } = stage;
    const before = this.alive;
    const rows = rule.reduces ? Number(row === rule.calls - 1) : row + 1;
    const born = output ? this.bear(output, rows * rowBytes) : 0;
    const bits = mask ? this.bear(mask, mask.cell.bytes) : 0;
    let dying = 0;
    for (const { track, reader, released } of reads) {
      track.released[reader] = at(released, row);
      dying += this.free(track);
    }
    this.taken.push(before + bits + born - (rule.elementwise ? Math.min(dying, born) : 0));
    if (output) this.evict(output);
  }

  /** The bytes that new rows (of the host, where they lodge in the row to be written) add to what is alive. */
  private bear(track: Track, bytes: number): number {
    const added = this.grow(track, bytes);
    if (track.host) return this.bear(track.host, bytes);
    return track.isRing ? 0 : added;
  }

  private grow(track: Track, bytes: number): number {
    const added = Math.min(bytes, track.cell.bytes) - track.high;
    if (added <= 0) return 0;
    // Rows that nobody needs are dead before they are born; the call writes them all the same.
    const low = Math.min(track.low, track.high);
    track.high += added;
    if (track.first < 0) track.first = this.time;
    track.emptied = -1;
    if (track.high - low > track.widest) track.widest = track.high - low;
    if (!track.isRing) {
      this.mark(track, this.time, low);
      this.alive += added;
    }
    if (track.low > low) this.settle(track, low);
    return added;
  }

  private free(track: Track): number {
    const before = track.low;
    if (track.isKept) return 0;
    let least = Infinity;
    for (const bytes of track.released) if (bytes < least) least = bytes;
    if (least > before) track.low = least;
    return least > before ? this.settle(track, before) : 0;
  }

  /** What is gone after the call. */
  private settle(track: Track, before: number): number {
    const freed = Math.min(track.low, track.high) - Math.min(before, track.high);
    if (freed <= 0) return 0;
    if (track.low >= track.high) track.emptied = this.time;
    if (track.isRing) return 0;
    this.mark(track, this.time + 1, Math.min(track.low, track.high));
    this.alive -= freed;
    return freed;
  }

  private mark({ steps, high }: Track, first: number, low: number): void {
    if (steps.at(-1)?.first === first) steps.pop();
    steps.push({ first, low, high });
  }

  /**
   * Does a lodger, or what its host has just received, meet the other in one row of the ring? What the call wrote counts, even
   * if nobody needs it.
   */
  private evict(written: Track): void {
    for (const { guest, host, rows, step, shift } of written.stays) {
      if (guest !== written && guest.low >= guest.high) continue;
      const slot = modulo((guest.high / guest.rowBytes - 1) * step + shift, rows);
      const low = host === written ? Math.min(host.low, host.high - host.rowBytes) : host.low;
      for (let row = low / host.rowBytes; row < host.high / host.rowBytes; row++) {
        if (row % rows === slot) this.evicted.add(guest.number);
      }
    }
    if (written.host) this.evict(written.host);
  }
}

export type Tracks = ReadonlyMap<number, Track>;

/** As many as were ever alive together. */
export const rowsOfRing = ({ widest, rowBytes }: Track): number => Math.max(1, Math.round(widest / rowBytes));
