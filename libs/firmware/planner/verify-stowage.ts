/** What must be true of bytes that are stowed in sums, whatever lies where: for the verifier. */
import { at } from '#libs/base/result';
import { type Graph, type Op, tensorBytes, tensorOf } from '#libs/model/ir';
import { mantissaBits } from '#libs/model/quant';
import { extentOf, layerOf } from './kernels';
import type { Plan, Stowage } from './plan';
import { isRead } from './schedule';

export const stowagesOf = ({ stowages = [] }: Plan, op: number): readonly Stowage[] =>
  stowages.filter((each) => each.op === op);

/** |weight| <= 128, |mantissa| <= 2^M: a sum over all outputs of a layer, and of one bit less than the int32 that holds it. */
function spareBits(graph: Graph, outputs: number): number {
  const largest = 128 * outputs * 2 ** mantissaBits(graph);
  let spare = 0;
  while (spare < 31 && largest < 2 ** (30 - spare)) spare++;
  return spare;
}

/** Bytes that the sums of an operator can hold: a byte in the bits of 8, 4, 2 or 1 whole sums. */
function roomOf(graph: Graph, op: Op): number {
  if (op.kind !== 'inputGradient' || op.accumulation !== 'running') return 0;
  const spare = spareBits(graph, extentOf(graph, layerOf(op, graph).weights, 0));
  const sums = extentOf(graph, op.output, 0) * extentOf(graph, op.output, 1);
  const sumsOfByte = [1, 2, 4, 8].find((count) => count * spare >= 8);
  return sumsOfByte === undefined ? 0 : Math.floor(sums / sumsOfByte);
}

export function stowageFaults(graph: Graph, plan: Plan): readonly string[] {
  const { stowages = [] } = plan;
  const begun = new Set(
    plan.schedule.calls.flatMap((call) => (!isRead(call) && call.stage === 'begin' ? call.op : [])),
  );
  const overfull = [...Map.groupBy(stowages, ({ op }) => op)].flatMap(([index, own]) => {
    const op = at(graph.ops, index);
    const bytes = own.reduce((sum, each) => sum + each.bytes, 0);
    const room = begun.has(index) ? roomOf(graph, op) : 0;
    return bytes <= room ? [] : [`sums of ${op.name} have room for ${room} bytes, not for ${bytes}`];
  });
  const unfit = stowages.flatMap(({ tensor, bytes }) => {
    const { name, role } = tensorOf(graph, tensor);
    const isPlain = plan.buffers.some(
      ({ tensors, ring, planes }) => tensors.includes(tensor) && !ring && planes === undefined,
    );
    const isInside = 0 < bytes && bytes <= tensorBytes(tensorOf(graph, tensor));
    return role !== 'variable' && isPlain && isInside ? [] : [`${name} cannot be stowed`];
  });
  return [...overfull, ...unfit];
}
