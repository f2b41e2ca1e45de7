/**
 * In which order backward kernels touch memory when they are called for some channels, for the verifier: written from the
 * kernels (fl_kernels.h) and not from channel-rules.ts.
 */
import {
  type Graph,
  type InputGradient,
  type Op,
  ruleOf,
  tensorBytes,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import type { Memory } from './access-order';
import { convolutionKernel, extentOf, layerOf } from './kernels';
import { planeLayoutOf } from './plane-layout';
import type { Channels, OpCall } from './schedule';

const WORD = 4;

/** The arena, and sums of int32 that lie where a gradient will. */
export interface GradientMemory extends Memory {
  readSums(id: TensorId, from: number, count: number): void;
  writeSums(id: TensorId, from: number, count: number): void;
}

/** Planes of a gradient that are read or written. */
interface Planes {
  readonly touch: 'read' | 'write';
  readonly id: TensorId;
  readonly graph: Graph;
  readonly memory: Memory;
}

/** The planes of a range, each with its exponent. */
function touchPlanes({ touch, id, graph, memory }: Planes, { from, to }: Channels): void {
  const layout = planeLayoutOf(graph, id);
  for (let channel = from; channel < to; channel++) {
    memory[touch](id, ...layout.plane(channel));
    memory[touch](id, ...layout.exponent(channel));
  }
}

const allOf = (graph: Graph, id: TensorId): Channels => ({ from: 0, to: extentOf(graph, id, 0) });

function readWhole(ids: readonly (TensorId | undefined)[], graph: Graph, memory: Memory): void {
  for (const id of ids) if (id !== undefined) memory.read(id, 0, tensorBytes(tensorOf(graph, id)));
}

const isDepthwise = (op: InputGradient, graph: Graph): boolean =>
  convolutionKernel(layerOf(op, graph), graph) === 'depthwise';

/** Channel by channel: what a channel is made of, then the channel. What is read for every channel must outlast the call. */
function produced(op: InputGradient, graph: Graph, memory: Memory, { from, to }: Channels): void {
  const others = [op.weights, op.trainedWeights, op.mask, op.view?.mask];
  for (let channel = from; channel < to; channel++) {
    const own = { from: channel, to: channel + 1 };
    if (isDepthwise(op, graph)) touchPlanes({ touch: 'read', id: op.gradient, graph, memory }, own);
    if (op.skip) touchPlanes({ touch: 'read', id: op.skip.gradient, graph, memory }, own);
    touchPlanes({ touch: 'write', id: op.output, graph, memory }, own);
  }
  readWhole(isDepthwise(op, graph) ? others : [...others, op.gradient], graph, memory);
  readWhole([op.skip?.gradient], graph, memory);
}

function beginSums(op: InputGradient, graph: Graph, memory: GradientMemory): void {
  const [inputs, pixels] = [extentOf(graph, op.output, 0), extentOf(graph, op.output, 1)];
  memory.writeSums(op.output, 0, WORD * inputs * pixels);
}

function addToSums(op: InputGradient, graph: Graph, memory: GradientMemory, range: Channels): void {
  const bytes = WORD * extentOf(graph, op.output, 0) * extentOf(graph, op.output, 1);
  touchPlanes({ touch: 'read', id: op.gradient, graph, memory }, range);
  readWhole([op.weights, op.trainedWeights], graph, memory);
  memory.readSums(op.output, 0, bytes);
  memory.writeSums(op.output, 0, bytes);
  touchPlanes({ touch: 'read', id: op.gradient, graph, memory }, range);
}

/** A row of sums becomes a plane; exponents, which are kept in scratch so long, come last. */
function finishSums(op: InputGradient, graph: Graph, memory: GradientMemory): void {
  const [inputs, pixels] = [extentOf(graph, op.output, 0), extentOf(graph, op.output, 1)];
  const layout = planeLayoutOf(graph, op.output);
  for (let channel = 0; channel < inputs; channel++) {
    const own = { from: channel, to: channel + 1 };
    memory.readSums(op.output, WORD * pixels * channel, WORD * pixels);
    if (op.skip) touchPlanes({ touch: 'read', id: op.skip.gradient, graph, memory }, own);
    memory.write(op.output, ...layout.plane(channel));
  }
  readWhole([op.mask, op.skip?.gradient], graph, memory);
  for (let channel = 0; channel < inputs; channel++) memory.write(op.output, ...layout.exponent(channel));
}

function running(op: InputGradient, graph: Graph, memory: GradientMemory, call: OpCall): void {
  const isWhole = !call.channels && !call.stage;
  if (isWhole || call.stage === 'begin') beginSums(op, graph, memory);
  if (!call.stage) addToSums(op, graph, memory, call.channels ?? allOf(graph, op.gradient));
  if (isWhole || call.stage === 'finish') finishSums(op, graph, memory);
}

/** How many channels an operator can be called for; undefined where it runs whole. */
export function channelsOf(op: Op, graph: Graph): number | undefined {
  if (op.kind === 'scaleGradient') return op.exponents === 'own' ? extentOf(graph, op.output, 0) : undefined;
  if (op.kind === 'biasUpdate' || op.kind === 'weightUpdate') return extentOf(graph, op.gradient, 0);
  if (op.kind !== 'inputGradient') return undefined;
  return extentOf(graph, op.accumulation === 'running' ? op.gradient : op.output, 0);
}

/** Runs one call of a backward operator on a memory, for its channels or for all; false for those that are only known whole. */
export function accessChannels(op: Op, graph: Graph, memory: GradientMemory, call: OpCall): boolean {
  if (op.kind === 'inputGradient') {
    if (op.accumulation === 'running') running(op, graph, memory, call);
    else produced(op, graph, memory, call.channels ?? allOf(graph, op.output));
    return true;
  }
  const { channels } = call;
  if (!channels) return false;
  const others = (id: TensorId): readonly TensorId[] =>
    ruleOf(op)
      .inputs(op)
      .filter((other) => other !== id);
  if (op.kind === 'scaleGradient') {
    touchPlanes({ touch: 'read', id: op.input, graph, memory }, channels);
    readWhole(others(op.input), graph, memory);
    touchPlanes({ touch: 'write', id: op.output, graph, memory }, channels);
    readWhole(others(op.input), graph, memory);
  } else if (op.kind === 'biasUpdate' || op.kind === 'weightUpdate') {
    touchPlanes({ touch: 'read', id: op.gradient, graph, memory }, channels);
    readWhole(others(op.gradient), graph, memory);
  }
  return true;
}
