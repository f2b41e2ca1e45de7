/** Where values lie while a plan is replayed, for the verifier. */
import type { TensorId } from '#libs/model/ir';
import type { Ring } from './plan';

/** Where a value lies and whose it is: a RESHAPE's output is its operand's value. */
export interface Place {
  readonly offset: number;
  /** Of the tensor; of the ring or the planes where only some of its rows or channels are kept; of its sums, if it has any. */
  readonly bytes: number;
  readonly owner: TensorId;
  readonly ring?: Ring;
  /** Of a gradient of which only some channels are kept. */
  readonly planes?: Planes;
  /** Of the tensor's rows, where they have names of their own: row y is owned by `firstRow` + y; so are channels. */
  readonly rowBytes: number;
  readonly firstRow: number;
}

export interface Planes {
  /** Of the buffer. */
  readonly count: number;
  /** Of the tensor. */
  readonly channels: number;
  /** Bytes of the mantissas of one channel. */
  readonly planeBytes: number;
}

/** Bytes `from`, `from` + `step` .. of the arena (of a tensor, before they are placed), all owned by `owner`. */
export interface Run {
  readonly owner: number;
  readonly from: number;
  readonly count: number;
  readonly step: number;
}

/** A run of bytes of a tensor, in pieces that lie in one row of a ring each. */
function inRows(
  place: Place,
  { rows, rowBytes: pitch, slot }: Ring,
  { from, count, step }: Run,
): readonly Run[] {
  const { offset, rowBytes, firstRow } = place;
  const { step: rowStep, shift } = slot ?? { step: 1, shift: 0 };
  const pieces: Run[] = [];
  for (let done = 0; done < count;) {
    const byte = from + done * step;
    const row = Math.floor(byte / rowBytes);
    const within = byte - row * rowBytes;
    const fit = Math.min(count - done, Math.ceil((rowBytes - within) / step));
    const start = offset + ((((row * rowStep + shift) % rows) + rows) % rows) * pitch + within;
    pieces.push({ owner: firstRow + row, from: start, count: fit, step });
    done += fit;
  }
  return pieces;
}

const even = (bytes: number): number => bytes + (bytes % 2);

/** The same in planes: all mantissas of the buffer lie before its exponents; nobody's byte may lie between. */
function inPlanes(
  place: Place,
  { count: planes, channels, planeBytes }: Planes,
  { from, count }: Run,
): readonly Run[] {
  const { offset, firstRow } = place;
  const pieces: Run[] = [];
  for (let done = 0; done < count;) {
    const byte = from + done;
    const [held, all] = [even(planeBytes * planes), even(planeBytes * channels)];
    const isBetween = planeBytes * channels <= byte && byte < all;
    const isMantissa = byte < all;
    const unit = isMantissa ? planeBytes : 2;
    const [base, first] = isMantissa ? [0, 0] : [held, all];
    if (isBetween) {
      done += all - byte;
      continue;
    }
    const channel = Math.floor((byte - first) / unit);
    const within = byte - first - channel * unit;
    const fit = Math.min(count - done, unit - within);
    pieces.push({
      owner: firstRow + channel,
      from: offset + base + (channel % planes) * unit + within,
      count: fit,
      step: 1,
    });
    done += fit;
  }
  return pieces;
}

/** Where the bytes of a tensor lie in the arena, and whose they are. */
export function placed(place: Place, run: Run): readonly Run[] {
  if (place.ring) return inRows(place, place.ring, run);
  return place.planes ? inPlanes(place, place.planes, run) : [{ ...run, from: place.offset + run.from }];
}
