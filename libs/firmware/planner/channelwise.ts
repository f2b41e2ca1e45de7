import type { Graph } from '#libs/model/ir';
import { chainOf, chainsIn, channelCalls } from './channel-chains';
import { leastMemoryOrder } from './order';
import type { Call, Schedule, Segment } from './schedule';

/** The forward half of a training step whole, and whatever of its backward half can run by channels, in the longest chains. */
export function channelwise(graph: Graph): Schedule {
  const order = leastMemoryOrder(graph, false).segments.flatMap(({ ops }) => ops);
  const chains = chainsIn(graph, order);
  const segments: { ops: number[]; unit: Segment['unit'] }[] = [];
  const calls: Call[] = [];
  for (let from = 0; from < order.length;) {
    const to = Math.max(from + 1, ...chains.filter((chain) => chain.from === from).map((chain) => chain.to));
    const ops = order.slice(from, to);
    const chain = to > from + 1 ? chainOf(graph, ops) : undefined;
    const last = segments.at(-1);
    if (!chain && last?.unit === 'layer') last.ops.push(...ops);
    else segments.push({ ops: [...ops], unit: chain ? 'channel' : 'layer' });
    calls.push(...(chain ? channelCalls(graph, chain) : ops.map((op) => ({ op }))));
    from = to;
  }
  return { calls, segments };
}
