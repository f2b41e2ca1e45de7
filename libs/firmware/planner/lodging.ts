/**
 * Rings of one row that need no bytes of their own.
 *
 * row    An element by element operator reads a row and writes one in the same place. So what it reads can be made there: in
 *        the row of its output that comes next.
 * slot   A depthwise kernel copies all the rows that a channel needs before it writes the channel. The first of them dies in
 *        the call, so its row of the ring can take the output, channel over channel, if that is no wider.
 */
import { at } from '#libs/base/result';
import { tensorOf, type TensorId } from '#libs/model/ir';
import type { RowNetwork } from './row-network';
import type { Stretch } from './row-calls';
import type { RowRule } from './row-rules';
import { type Lodging, rowsOfRing, type Tracks } from './row-walk';

/** A depthwise convolution's output, in the row that its first tap meets: that row dies in the call. */
function slotOf(network: RowNetwork, writer: RowRule, op: number, tracks: Tracks): Lodging | undefined {
  const each = at(network.graph.ops, op);
  const [read] = writer.reads;
  const host = read && tracks.get(network.cellOf.get(read.tensor) ?? -1);
  const { copiesRows } = writer;
  if (each.kind !== 'depthwiseConv2d' || !read || !host?.isRing || copiesRows === undefined) return undefined;
  const [, height = 1] = tensorOf(network.graph, each.output).shape;
  const isAlone = host.cell.readers.length === 1;
  const isNarrow = at(network.rowBytes, each.output) <= host.rowBytes;
  if (!isAlone || !isNarrow || height === 1 || copiesRows < 2 || rowsOfRing(host) < copiesRows)
    return undefined;
  const { stride, padding } = each.window;
  return { how: 'slot', host: read.tensor, step: stride.height, shift: -padding.top };
}

/** Which rings of one row could lodge, and where; every host takes one lodger of a kind. */
export function lodgingsOf(network: RowNetwork, stretch: Stretch, tracks: Tracks): Map<number, Lodging> {
  const lodgings = new Map<number, Lodging>();
  const hosts = new Set<TensorId>();
  for (let position = stretch.from; position < stretch.to; position++) {
    const op = at(network.order, position);
    const writer = network.rules[op];
    const track = writer && tracks.get(network.cellOf.get(writer.output) ?? -1);
    const reader = at(network.order, track?.cell.readers[0] ?? 0);
    if (!track?.isRing || rowsOfRing(track) > 1 || track.cell.readers.length !== 1 || writer?.reduces)
      continue;
    const next = network.rules[reader];
    const row: Lodging | undefined =
      next?.elementwise && network.cellOf.has(next.output) ? { how: 'row', host: next.output } : undefined;
    const lodging = row && !hosts.has(row.host) ? row : slotOf(network, writer as RowRule, op, tracks);
    if (!lodging || hosts.has(lodging.host)) continue;
    hosts.add(lodging.host);
    lodgings.set(track.number, lodging);
  }
  return lodgings;
}
