import { at } from '#libs/base/result';
import { elementCount, type Graph, type LayerOp, layersOf, tensorOf } from '#libs/model/ir';
import { trainabilityFault, trainedChannels } from '#libs/model/passes';
import type { SparseScheme } from '../sparse-scheme';
import type { Contributions } from './contributions';

/** What a part of a scheme costs, in bytes. */
export interface PartCost {
  /** Kept from forward to backward: saved input channels, or clamp masks. */
  readonly savedBytes: number;
  /** Of trained numbers, there all the time. */
  readonly copiedBytes: number;
  /** What their difference takes on the way to the server, by the encoder's usual rate. */
  readonly uploadBytes: number;
}

/** To train the first channels of one layer's weights. */
export interface WeightPart extends PartCost {
  readonly layer: number;
  readonly ratio: number;
  /** Input channels; of depthwise layers their channels. */
  readonly channels: number;
  readonly gain: number;
}

/** To train the biases of the last layers. */
export interface BiasPart extends PartCost {
  readonly layers: number;
  readonly gain: number;
}

/**
 * Bits of a trained number in an encoded delta (DELTA.md) after 1,000 steps at the default rates: what the sessions of kws-digits take that train
 * the head, all biases, or three layers, on the real speaker whose deltas are the longest (theo). Estimates: a delta is as long as what was
 * learnt. Those of the other speakers are up to 11 % shorter, those of all layers a fifth shorter than this says.
 */
export const UPLOAD_BITS = { weight: 5.3, bias: 10.8, head: 13.6 } as const;

const elements = (graph: Graph, id: LayerOp['output']): number => elementCount(tensorOf(graph, id).shape);
const channelsOf = (graph: Graph, op: LayerOp): number => tensorOf(graph, op.output).shape.at(-1) ?? 0;
const inputChannels = (graph: Graph, op: LayerOp): number => tensorOf(graph, op.input).shape.at(-1) ?? 0;

/** What the head takes: it is always trained. */
export function headCost(graph: Graph): PartCost {
  const head = layersOf(graph).at(-1);
  if (!head) return { savedBytes: 0, copiedBytes: 0, uploadBytes: 0 };
  const [weights, biases] = [elements(graph, head.weights), channelsOf(graph, head)];
  return {
    savedBytes: elements(graph, head.input),
    copiedBytes: 2 * weights + 4 * biases,
    uploadBytes: (weights * UPLOAD_BITS.head + biases * UPLOAD_BITS.bias) / 8,
  };
}

/** The biases of the last `layers` layers before the head: their masks, their copies. */
export function biasPart(graph: Graph, { bias }: Contributions, layers: number): BiasPart {
  const ops = layersOf(graph).slice(0, -1).slice(-layers);
  const biased = layers === 0 ? [] : ops;
  const count = biased.reduce((sum, op) => sum + channelsOf(graph, op), 0);
  return {
    layers,
    gain: at(bias, layers),
    savedBytes: Math.ceil(biased.reduce((sum, op) => sum + elements(graph, op.output), 0) / 8),
    copiedBytes: 4 * count,
    uploadBytes: (count * UPLOAD_BITS.bias) / 8,
  };
}

/** The parts of a layer's weights that can be trained, by rising ratio; of ratios that give the same channels the least. */
export function weightParts(graph: Graph, { weights }: Contributions, layer: number): readonly WeightPart[] {
  const op = at(layersOf(graph), layer);
  const all = inputChannels(graph, op);
  const parts = at(weights, layer).map(({ ratio, gain }): WeightPart => {
    const channels = trainedChannels(graph, op, ratio);
    const trained = (elements(graph, op.weights) / all) * channels;
    return {
      layer,
      ratio,
      channels,
      gain,
      savedBytes: (elements(graph, op.input) / all) * channels,
      copiedBytes: trained,
      uploadBytes: (trained * UPLOAD_BITS.weight) / 8,
    };
  });
  return parts.filter(({ channels }, i) => channels > 0 && channels !== parts[i - 1]?.channels);
}

/** How many layers' biases a scheme of this graph may train: those that `trainabilityFault` lets through. */
export function trainableReaches(graph: Graph): readonly number[] {
  const layers = Math.max(0, layersOf(graph).length - 1);
  return Array.from({ length: layers + 1 }, (_, k) => k).filter(
    (biasLayers) => trainabilityFault(graph, { name: 'reach', biasLayers, weightLayers: [] }) === undefined,
  );
}

/** The scheme of some parts. */
export function schemeOf(name: string, bias: BiasPart, weights: readonly WeightPart[]): SparseScheme {
  return {
    name,
    biasLayers: bias.layers,
    weightLayers: weights.map(({ layer, ratio }) => ({ layer, ratio })).sort((a, b) => a.layer - b.layer),
  };
}

/** Biases, and weights behind them by layer. */
export interface Parts {
  readonly bias: BiasPart;
  readonly weights: readonly WeightPart[];
}

/** Gains of parts are added up. */
export const gainOf = ({ bias, weights }: Parts): number =>
  weights.reduce((sum, { gain }) => sum + gain, bias.gain);

/** Layers that train their biases, and once more those that train their weights: what the code of a step grows with. */
export const trainedLayersOf = ({ bias, weights }: Parts): number => bias.layers + weights.length;

/** Bytes that weights keep and copy. */
export const roomOf = (weights: readonly WeightPart[]): number =>
  weights.reduce((sum, { copiedBytes, savedBytes }) => sum + copiedBytes + savedBytes, 0);

/** Bytes of trained numbers: there all the time. */
export const copiesOf = ({ bias, weights }: Parts): number =>
  weights.reduce((sum, { copiedBytes }) => sum + copiedBytes, bias.copiedBytes);

/** What the difference of parts and head takes on the way to the server. */
export const uploadOf = (graph: Graph, { bias, weights }: Parts): number =>
  weights.reduce((sum, part) => sum + part.uploadBytes, headCost(graph).uploadBytes + bias.uploadBytes);

/** The parts of a scheme; undefined where a layer trains what is not offered. */
export function partsOf(graph: Graph, contributions: Contributions, scheme: SparseScheme): Parts | undefined {
  const weights = scheme.weightLayers.flatMap(({ layer, ratio }) => {
    const channels = trainedChannels(graph, at(layersOf(graph), layer), ratio);
    return weightParts(graph, contributions, layer).filter((part) => part.channels === channels);
  });
  if (weights.length < scheme.weightLayers.length) return undefined;
  return { bias: biasPart(graph, contributions, scheme.biasLayers), weights };
}
