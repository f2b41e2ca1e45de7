import { at } from '#libs/base/result';
import { channelRuleOf, isRead, type OpCall, type Plan, rowLayoutOf } from '#libs/firmware/planner';
import { type Graph, layersOf, type Op, ruleOf, tensorOf } from '#libs/model/ir';
import { trainedChannels } from '#libs/model/passes';
import type { SparseScheme } from '#libs/model/scheme';

/** Multiply-accumulates of one training step. Taps in the padding count as others do. */
export interface StepMacs {
  readonly forward: number;
  readonly backward: number;
}

export const total = ({ forward, backward }: StepMacs): number => forward + backward;

/**
 * What a step can't do without: the forward half once; the gradient of its input of every layer behind the first that is reached; of
 * every trained layer each trained weight once an output pixel; the head's gradient and update.
 * @param inference a normalised inference graph
 */
export function necessaryMacs(inference: Graph, { biasLayers, weightLayers }: SparseScheme): StepMacs {
  const layers = layersOf(inference);
  const head = layers.length - 1;
  const first = head - biasLayers;
  const macs = layers.map((op) => ruleOf(op).macs(op, inference));
  const passed = macs.filter((_, layer) => layer > first).reduce((sum, each) => sum + each, 0);
  const weighted = weightLayers.reduce((sum, { layer, ratio }) => {
    const op = at(layers, layer);
    const inputs = tensorOf(inference, op.input).shape.at(-1) ?? 1;
    return sum + (at(macs, layer) * trainedChannels(inference, op, ratio)) / inputs;
  }, 0);
  return {
    forward: macs.reduce((sum, each) => sum + each, 0),
    backward: passed + weighted + at(macs, head),
  };
}

/** Which part of its work a call of an operator does. */
function shareOf({ rows, channels, stage }: OpCall, op: Op, graph: Graph): number {
  if (stage !== undefined) return 0;
  if (channels) return (channels.to - channels.from) / (channelRuleOf(op, graph)?.channels ?? 1);
  if (!rows) return 1;
  const heights = [...ruleOf(op).outputs(op), ...ruleOf(op).inputs(op)].map(
    (id) => rowLayoutOf(graph, id).height,
  );
  return (rows.to - rows.from) / (heights.find((height) => height > 1) ?? 1);
}

/** What the calls of a plan do; what runs twice counts twice. */
export function executedMacs(training: Graph, { schedule }: Plan): StepMacs {
  const loss = training.ops.findIndex(({ kind }) => kind === 'softmaxCrossEntropy');
  const sums = { forward: 0, backward: 0 };
  for (const call of schedule.calls) {
    if (isRead(call)) continue;
    const op = at(training.ops, call.op);
    const macs = ruleOf(op).macs(op, training) * shareOf(call, op, training);
    sums[call.op < loss ? 'forward' : 'backward'] += macs;
  }
  return sums;
}
