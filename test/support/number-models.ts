import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { encodeDataset } from '#libs/model/dataset';
import { elementCount, type Graph, perTensor, tensorOf } from '#libs/model/ir';
import { writeTflite } from '#libs/model/tflite';

/** A .tflite file of a graph, as somebody would upload it. */
export const fileOf = (graph: Graph): Uint8Array => unwrap(writeTflite(graph));

/** How a model wants its input. */
export const inputOf = (graph: Graph) => perTensor(tensorOf(graph, at(graph.inputs, 0)));

export interface Waves {
  readonly items: number;
  /** The first so many are to learn from. */
  readonly adaptCount: number;
  /** Other waves. */
  readonly seed: number;
  /** Of a wave whose first element is positive, and of others; default: 0, as where nobody reads labels. */
  readonly labels?: readonly [positive: number, other: number];
}

/** Noisy sine waves of any phase, as FLDS: two numbers say what such an input is, so that a narrow network can give it again. */
export function waves(graph: Graph, { items, adaptCount, seed, labels = [0, 0] }: Waves): Uint8Array {
  const rng = new Rng(seed);
  const itemBytes = elementCount(tensorOf(graph, at(graph.inputs, 0)).shape);
  const phases = Array.from({ length: items }, () => (rng.below(628) / 628) * 2 * Math.PI);
  const wave = (phase: number): number[] =>
    Array.from({ length: itemBytes }, (_, i) => Math.round(60 * Math.sin(i / 5 + phase) + rng.below(9) - 4));
  return encodeDataset({
    classes: 256,
    itemBytes,
    adaptCount,
    ...inputOf(graph),
    labels: Uint8Array.from(phases, (phase) => (Math.sin(phase) > 0 ? labels[0] : labels[1]) & 0xff),
    elements: Int8Array.from(phases.flatMap(wave)),
  });
}
