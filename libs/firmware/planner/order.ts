/**
 * In which order the operators of a branching graph take least memory.
 *
 * 1. A set of operators that have run, closed under "needs", determines what is alive; so the best order to reach it is
 *    found once and kept (dynamic programming over these sets, one layer for each number of operators run).
 * 2. An order costs what its most expensive call needs at least: everything alive, the output over operands that die in
 *    the call as far as overlap.ts allows, and scratch.
 * 3. Only orders cheaper than the graph's own are followed; where a layer would take more than a bounded number of steps,
 *    only its cheapest sets are (then the order found may not be the best one). Ties go to the graph's own order.
 *
 * A set is named by the operators that could run next: what has not run is exactly they and all that depends on them.
 */
import { at } from '#libs/base/result';
import { type Graph, isBackward, ruleOf, type TensorId } from '#libs/model/ir';
import { bytesTogether } from './items';
import { type Overlap, overlapsOf } from './overlap';
import { layerwise, type Schedule, wholeMaps } from './schedule';
import { type KernelSet, scratchBytes } from './scratch';
import { storageOf } from './storage';

/** Bounds the search: a step from one set to another copies what is known of every operator and every storage. */
const MOST_COPIES = 5_000_000;

/** An operator, in terms of pieces of storage. */
interface Step {
  readonly reads: readonly number[];
  /** Storage that begins to live here. */
  readonly births: readonly number[];
  readonly scratch: number;
  readonly overlaps: readonly (Pick<Overlap, 'atMost' | 'multipleOf'> & {
    readonly operand: number;
    readonly output: number;
  })[];
  /** Operators that can run only after this one. */
  readonly next: readonly number[];
}

interface Network {
  readonly steps: readonly Step[];
  readonly bytes: readonly number[];
  /** How often storage is read, by the caller after the end too. */
  readonly reads: readonly number[];
  /** How many operators an operator waits for. */
  readonly waits: readonly number[];
  readonly bytesAtStart: number;
}

function networkOf(graph: Graph, inputsInArena: boolean, kernels?: KernelSet): Network {
  const { others } = storageOf({ graph, schedule: layerwise(graph), inputsInArena });
  const home = new Map(others.flatMap(({ tensors }, index) => tensors.map((id) => [id, index] as const)));
  const homes = (ids: readonly TensorId[]): readonly number[] => [
    ...new Set(ids.flatMap((id) => home.get(id) ?? [])),
  ];
  const producers = new Map(
    graph.ops.flatMap((op, index) =>
      ruleOf(op)
        .outputs(op)
        .map((id) => [id, index] as const),
    ),
  );
  const needs = graph.ops.map((op) => [
    ...new Set(
      ruleOf(op)
        .inputs(op)
        .flatMap((id) => producers.get(id) ?? []),
    ),
  ]);
  const next: number[][] = graph.ops.map(() => []);
  needs.forEach((before, index) => before.forEach((producer) => next[producer]?.push(index)));
  const steps = graph.ops.map((op, index): Step => {
    const reads = homes(ruleOf(op).inputs(op));
    return {
      reads,
      births: homes(ruleOf(op).outputs(op)).filter((storage) => !reads.includes(storage)),
      scratch: scratchBytes(op, graph, kernels),
      overlaps: overlapsOf(op, graph, kernels).flatMap((overlap) => {
        const [operand, output] = [home.get(overlap.operand), home.get(overlap.output)];
        return operand === undefined || output === undefined ? [] : [{ ...overlap, operand, output }];
      }),
      next: at(next, index),
    };
  });
  const reads = others.map(() => 0);
  for (const storage of [...steps.flatMap((step) => step.reads), ...homes(graph.outputs)]) {
    reads[storage] = at(reads, storage) + 1;
  }
  const atStart = inputsInArena ? homes(graph.inputs) : [];
  return {
    steps,
    bytes: others.map(({ bytes }) => bytes),
    reads,
    waits: needs.map(({ length }) => length),
    bytesAtStart: atStart.reduce((sum, storage) => sum + at(others, storage).bytes, 0),
  };
}

/** A set of operators that have run, and the best way to it that is known. */
interface Reached {
  readonly ready: readonly number[];
  readonly waits: Uint16Array;
  readonly readsLeft: Uint16Array;
  /** Bytes alive between two calls. */
  readonly alive: number;
  readonly peak: number;
  readonly way: Way | undefined;
}

interface Way {
  readonly op: number;
  readonly before: Way | undefined;
}

const start = (network: Network): Reached => ({
  ready: network.waits.flatMap((waits, op) => (waits === 0 ? op : [])),
  waits: Uint16Array.from(network.waits),
  readsLeft: Uint16Array.from(network.reads),
  alive: network.bytesAtStart,
  peak: 0,
  way: undefined,
});

/** Bytes that the call of an operator needs beside what is alive before it. */
function extraBytes({ bytes }: Network, step: Step, dies: (storage: number) => boolean): number {
  const born = step.births.reduce((sum, storage) => sum + at(bytes, storage), 0);
  const operands = step.overlaps
    .filter(({ operand }) => dies(operand))
    .map((overlap) => ({ ...overlap, bytes: at(bytes, overlap.operand) }));
  const [first] = operands;
  if (!first) return born + step.scratch;
  const output = at(bytes, first.output);
  const apart = operands.reduce((sum, operand) => sum + operand.bytes, output);
  return born + step.scratch + bytesTogether(output, operands) - apart;
}

function run(network: Network, from: Reached, op: number): Reached {
  const step = at(network.steps, op);
  const readsLeft = from.readsLeft.slice();
  const dies = (storage: number): boolean => readsLeft[storage] === 1;
  const peak = Math.max(from.peak, from.alive + extraBytes(network, step, dies));
  let alive = from.alive;
  for (const storage of step.births) if (readsLeft[storage] !== 0) alive += at(network.bytes, storage);
  for (const storage of step.reads) {
    readsLeft[storage] = at(readsLeft, storage) - 1;
    if (readsLeft[storage] === 0) alive -= at(network.bytes, storage);
  }
  const waits = from.waits.slice();
  const ready = from.ready.filter((other) => other !== op);
  for (const other of step.next) {
    waits[other] = at(waits, other) - 1;
    if (waits[other] === 0) ready.push(other);
  }
  ready.sort((a, b) => a - b);
  return { ready, waits, readsLeft, alive, peak, way: { op, before: from.way } };
}

const graphOrder = (network: Network): Reached =>
  network.steps.reduce((reached, _, op) => run(network, reached, op), start(network));

/** No order can be cheaper than its most expensive call with nothing else alive. */
const leastPeak = (network: Network): number =>
  Math.max(
    0,
    ...network.steps.map((step) => {
      const operands = step.reads.reduce((sum, storage) => sum + at(network.bytes, storage), 0);
      return operands + extraBytes(network, step, () => true);
    }),
  );

/** @param most steps from the sets of this layer to those of the next */
function nextLayer(
  network: Network,
  layer: readonly Reached[],
  limit: number,
  most: number,
): readonly Reached[] {
  const sets = new Map<string, Reached>();
  let steps = 0;
  for (const from of layer) {
    for (const op of from.ready) {
      if (steps++ >= most) return [...sets.values()];
      const reached = run(network, from, op);
      if (reached.peak >= limit) continue;
      const key = reached.ready.join();
      const known = sets.get(key);
      if (!known || reached.peak < known.peak) sets.set(key, reached);
    }
  }
  return [...sets.values()];
}

function wayOf(last: Way | undefined): Schedule {
  const ops: number[] = [];
  for (let way = last; way; way = way.before) ops.push(way.op);
  return wholeMaps(ops.toReversed());
}

export const isTraining = (graph: Graph): boolean =>
  graph.ops.some(isBackward) || graph.tensors.some(({ role }) => role === 'variable');

/**
 * The order of a training graph, but biases move as soon as their gradient is scaled: nothing else reads them, and the gradient of
 * the layer's input may then take the place of the layer's own.
 */
function trainingOrder(graph: Graph): Schedule {
  const order: number[] = [];
  graph.ops.forEach((op, index) => {
    const scaled =
      op.kind === 'biasUpdate'
        ? order.findIndex((other) => {
            const each = at(graph.ops, other);
            return each.kind === 'scaleGradient' && each.output === op.gradient;
          })
        : -1;
    order.splice(scaled < 0 ? order.length : scaled + 1, 0, index);
  });
  return wholeMaps(order);
}

/** The cheapest order found; the graph's own where none is cheaper; that of training graphs is part of their numerics. */
export function leastMemoryOrder(graph: Graph, inputsInArena: boolean, kernels?: KernelSet): Schedule {
  if (isTraining(graph)) return trainingOrder(graph);
  const network = networkOf(graph, inputsInArena, kernels);
  const own = graphOrder(network);
  if (own.peak <= leastPeak(network)) return layerwise(graph);
  const count = graph.ops.length;
  const most = Math.ceil(MOST_COPIES / (count * (count + network.bytes.length)));
  let layer: readonly Reached[] = [start(network)];
  for (let ran = 0; ran < count; ran++) {
    const cheapestFirst = [...layer].sort((a, b) => a.peak - b.peak || a.alive - b.alive);
    layer = nextLayer(network, cheapestFirst, own.peak, most);
  }
  const [first] = layer;
  return first ? wayOf(first.way) : layerwise(graph);
}
