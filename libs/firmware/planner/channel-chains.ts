/**
 * Chains: stretches of the backward half in which a few channels of a gradient can be taken all the way before the next few
 * are begun, so that no whole gradient lies between the operators.
 *
 * A chain begins with an operator that gives channels (an input gradient of the layer behind; a scaling of a whole gradient, in
 * place) and goes on as long as the next operator takes channels that the chain gave. Between them, in graph order, stand the
 * updates of the layer behind: they go by its own channels, so its bias is updated before the chain, its weights, which the
 * chain's first operator still reads as they were, after it.
 */
import { at } from '#libs/base/result';
import { type Graph, type Op, ruleOf, type TensorId } from '#libs/model/ir';
import { CHANNELS_TOGETHER, type ChannelRule, channelRuleOf, isRunning } from './channel-rules';
import type { Call } from './schedule';

export interface Chain {
  readonly channels: number;
  /** Whole, before the first channels and after the last. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** What is done with every few channels, in this order. */
  readonly loop: readonly number[];
  /** Gradients of which only the channels at hand exist. */
  readonly passing: ReadonlySet<TensorId>;
}

/** Operators of a stretch, by what is to be done with them. */
class Links {
  readonly loop: number[] = [];
  readonly before: number[] = [];
  readonly after: number[] = [];
  /** Gradients that the loop gives, by channels. */
  readonly given = new Set<TensorId>();
  /** Gradients that are there only after the loop. */
  private readonly whole = new Set<TensorId>();

  constructor(private readonly graph: Graph) {}

  /** False where it cannot be part of this chain. */
  take(index: number, isFirst: boolean): boolean {
    const op = at(this.graph.ops, index);
    const rule = channelRuleOf(op, this.graph);
    if (
      !rule ||
      ruleOf(op)
        .inputs(op)
        .some((id) => this.whole.has(id))
    )
      return false;
    if (rule.reads.some((id) => this.given.has(id)) || (isFirst && rule.writes !== undefined)) {
      this.loop.push(index);
      if (rule.writes !== undefined) this.given.add(rule.writes);
      if (rule.sums !== undefined) this.whole.add(rule.sums);
      return true;
    }
    if (op.kind !== 'biasUpdate' && op.kind !== 'weightUpdate') return false;
    (op.kind === 'biasUpdate' ? this.before : this.after).push(index);
    return true;
  }
}

/** Read by the loop alone, and written there. */
function passingOf(graph: Graph, loop: readonly number[], given: ReadonlySet<TensorId>): Set<TensorId> {
  const own = new Set(loop.map((index) => at(graph.ops, index)));
  const readElsewhere = new Set(
    graph.ops.flatMap((op) => {
      const byChannels = own.has(op) ? (channelRuleOf(op, graph)?.reads ?? []) : [];
      return ruleOf(op)
        .inputs(op)
        .filter((id) => !byChannels.includes(id));
    }),
  );
  const passing = new Set([...given].filter((id) => !readElsewhere.has(id) && !graph.outputs.includes(id)));
  // What is scaled in place lies where it lay before.
  for (const op of own) {
    const inPlace = ruleOf(op).inPlace?.(op);
    if (inPlace && !passing.has(inPlace.operand)) passing.delete(inPlace.output);
    if (inPlace && !passing.has(inPlace.output)) passing.delete(inPlace.operand);
  }
  return passing;
}

/** The chain that exactly these operators, neighbours in the order of the schedule, make; undefined if they make none. */
export function chainOf(graph: Graph, ops: readonly number[]): Chain | undefined {
  const links = new Links(graph);
  for (const [position, op] of ops.entries()) if (!links.take(op, position === 0)) return undefined;
  const { loop, before, after, given } = links;
  const passing = passingOf(graph, loop, given);
  if (passing.size === 0) return undefined;
  const channels = at(loop, 0);
  return {
    channels: (channelRuleOf(at(graph.ops, channels), graph) as ChannelRule).channels,
    before,
    after,
    loop,
    passing,
  };
}

/** Where chains begin and end among `order`, as positions [from, to): all that end where another layer's part begins. */
export function chainsIn(
  graph: Graph,
  order: readonly number[],
): readonly { readonly from: number; readonly to: number }[] {
  const layerAt = (position: number): number => {
    const op: Op | undefined = graph.ops[order[position] ?? -1];
    return op && channelRuleOf(op, graph) && 'layer' in op ? op.layer : -1;
  };
  return order.flatMap((_, from) => {
    const stretches: { from: number; to: number }[] = [];
    const links = new Links(graph);
    for (let to = from; to < order.length && links.take(at(order, to), to === from); to++) {
      const isSeam = layerAt(to + 1) !== layerAt(to);
      if (isSeam && chainOf(graph, order.slice(from, to + 1))) stretches.push({ from, to: to + 1 });
    }
    return stretches;
  });
}

/** The calls of a chain. */
export function channelCalls(graph: Graph, { channels, before, after, loop }: Chain): readonly Call[] {
  const sums = loop.filter((index) => isRunning(at(graph.ops, index)));
  const calls: Call[] = before.map((op) => ({ op }));
  calls.push(...sums.map((op) => ({ op, stage: 'begin' as const })));
  for (let from = 0; from < channels; from += CHANNELS_TOGETHER) {
    const to = Math.min(from + CHANNELS_TOGETHER, channels);
    calls.push(...loop.map((op) => ({ op, channels: { from, to } })));
  }
  calls.push(...sums.map((op) => ({ op, stage: 'finish' as const })));
  return [...calls, ...after.map((op) => ({ op }))];
}
