/** What must be true of the order of backward calls, whatever lies where: for the verifier. */
import type { Graph, InputGradient, Op } from '#libs/model/ir';
import { channelsOf } from './access-channels';
import { convolutionKernel, layerOf } from './kernels';
import { type Channels, isRead, type OpCall, type Schedule } from './schedule';

/** Channels that meet a running exponent together (N6.4). */
const TOGETHER = 4;

const isRunning = (op: Op): op is InputGradient =>
  op.kind === 'inputGradient' && op.accumulation === 'running';

/** Every channel once, in ascending order; sums begin before and are finished after. */
export function channelFaults(op: Op, graph: Graph, calls: readonly OpCall[]): readonly string[] {
  const ranges = calls.flatMap(({ channels }) => channels ?? []);
  const stages = calls.flatMap(({ stage }) => stage ?? []).join();
  const isFramed = calls[0]?.stage === 'begin' && calls.at(-1)?.stage === 'finish';
  let end = 0;
  const isAscending = ranges.every(({ from, to }) => {
    const isNext = from === end && to > from;
    end = to;
    return isNext;
  });
  const count = channelsOf(op, graph);
  const isWholeGroups = ranges.every(
    ({ from, to }) => from % TOGETHER === 0 && (to % TOGETHER === 0 || to === count),
  );
  return [
    ...(count === end && isAscending ? [] : [`${op.name} does not compute its channels one after the other`]),
    ...(ranges.length + calls.filter(({ stage }) => stage).length === calls.length
      ? []
      : [`${op.name} runs whole as well as by channels`]),
    ...(isRunning(op) && !(isFramed && stages === 'begin,finish' && isWholeGroups)
      ? [`${op.name} does not sum its channels in fours between beginning and end`]
      : []),
    ...(!isRunning(op) && stages !== '' ? [`${op.name} keeps no sums`] : []),
  ];
}

const EVERY: Channels = { from: 0, to: Infinity };

/** Output channels of its layer whose weights, from before the step, a call reads, if it reads any. */
function weightsRead(op: Op, graph: Graph, { channels, stage }: OpCall): Channels | undefined {
  if (op.kind === 'headInputGradient') return EVERY;
  if (op.kind !== 'inputGradient' || stage) return undefined;
  const goesByOutputs = isRunning(op) || convolutionKernel(layerOf(op, graph), graph) === 'depthwise';
  return goesByOutputs ? (channels ?? EVERY) : EVERY;
}

const meet = (a: Channels, b: Channels): boolean => a.from < b.to && b.from < a.to;

/** Input gradients take the weights from before the step (N6.5); the head's likewise (N5). */
function oldWeightFaults(graph: Graph, { calls }: Schedule): readonly string[] {
  const changed = new Map<number, Channels[]>();
  const faults: string[] = [];
  for (const call of calls) {
    const op = isRead(call) ? undefined : graph.ops[call.op];
    if (!op || isRead(call) || !('layer' in op)) continue;
    const before = changed.get(op.layer) ?? [];
    if (op.kind === 'weightUpdate' || op.kind === 'headUpdate')
      changed.set(op.layer, [...before, call.channels ?? EVERY]);
    const read = weightsRead(op, graph, call);
    if (read && before.some((range) => meet(range, read)))
      faults.push(`${op.name} reads weights that the step has changed already`);
  }
  return [...new Set(faults)];
}

/** Where a gradient died the step may end: what the graph does before it must not come after it (N6.2). */
function endFaults(graph: Graph, { calls }: Schedule): readonly string[] {
  const last = new Map(calls.map((call, time) => [isRead(call) ? -1 : call.op, time] as const));
  return calls.flatMap((call, time) => {
    const op = isRead(call) ? undefined : graph.ops[call.op];
    if (isRead(call) || op?.kind !== 'scaleGradient' || op.exponents !== 'shared') return [];
    return graph.ops
      .slice(0, call.op)
      .flatMap((other, index) =>
        (last.get(index) ?? -1) > time
          ? [`${other.name} comes after ${op.name}, where the step may end`]
          : [],
      );
  });
}

export const updateFaults = (graph: Graph, schedule: Schedule): readonly string[] => [
  ...oldWeightFaults(graph, schedule),
  ...endFaults(graph, schedule),
];
