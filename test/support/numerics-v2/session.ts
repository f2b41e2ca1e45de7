/**
 * A training session as NUMERICS.md defines it, written from its text: big integers, one loop a sum, no buffer used twice.
 * Takes seconds where the kernels take milliseconds; its bytes are the golden vectors (test/vectors/training).
 */
import { ByteWriter, digestOf } from '#libs/base/bytes';
import type { Graph, TensorId } from '#libs/model/ir';
import type { TrainingScheme } from '#libs/model/passes';
import { layerKey, type Pair, sat } from './arithmetic';
import {
  type Gradient,
  headGradient,
  inputGradient,
  type LayerStep,
  scaled,
  type SkipGradient,
} from './backward';
import { constantsOf, type LayerConstants, mantissaBits, skipRatio } from './constants';
import { type Forward, forward, lossOf, type Parameters } from './forward';
import { isExpanding, type Layer, type Network, networkOf, readersOf } from './network';
import { updateBiases, updateHead, updateWeights } from './update';

export interface Rates {
  readonly weights: Pair;
  readonly bias: Pair;
  readonly head: Pair;
}

const BIAS_LIMIT = 1n << 30n;

/** N1: start values of what trains. */
function startValues(layer: Layer, { frozen }: LayerConstants, trainsWeights: boolean): Parameters {
  const isHead = layer.kind === 'head';
  const startWeight = (w: bigint): bigint => (isHead ? w * 16n : trainsWeights ? sat(w, 127n) : w);
  const startBias = (b: bigint, o: number): bigint => (frozen[o] && !isHead ? b : sat(b * 256n, BIAS_LIMIT));
  return { weights: layer.weights.map(startWeight), biases: layer.biases.map(startBias), isTrained: true };
}

const fixedValues = ({ weights, biases }: Layer): Parameters => ({
  weights: [...weights],
  biases: [...biases],
  isTrained: false,
});

export class SpecSession {
  readonly network: Network;
  readonly bits: bigint;
  private readonly layers: readonly Layer[];
  private readonly first: number;
  private readonly trainsWeights: ReadonlySet<number>;
  private readonly constants: ReadonlyMap<number, LayerConstants>;
  private readonly parameters: ReadonlyMap<number, Parameters>;
  private last: Forward | undefined;

  /** @param bits M where it is to be less than N4 gives */
  constructor(inference: Graph, scheme: TrainingScheme, bits?: bigint) {
    this.network = networkOf(inference);
    const body = this.network.body.filter((each): each is Layer => each.kind !== 'sum');
    this.layers = [...body, this.network.head];
    this.trainsWeights = new Set(scheme.weightLayers.map(({ layer }) => layer));
    this.first = Math.min(body.length - scheme.biasLayers, ...this.trainsWeights);
    this.constants = new Map(this.layers.map((layer) => [layer.number, constantsOf(this.network, layer)]));
    this.parameters = new Map(
      this.layers.map((layer) => [
        layer.number,
        layer.number >= this.first ? this.startOf(layer) : fixedValues(layer),
      ]),
    );
    this.bits = bits ?? mantissaBits(this.network, this.trainsWeights, this.first);
  }

  private startOf(layer: Layer): Parameters {
    return startValues(layer, this.constants.get(layer.number)!, this.trainsWeights.has(layer.number));
  }

  /** N2; @returns the logits */
  forward(input: Int8Array): readonly bigint[] {
    this.last = forward(
      this.network,
      ({ number }) => this.parameters.get(number)!,
      ({ number }) => this.constants.get(number)!,
      input,
    );
    return this.last.logits;
  }

  /** N3 of the last forward, then N5 to N8; @returns the loss */
  learn(label: number, seed: bigint, step: bigint, rates: Rates): bigint {
    const { maps, features, logits } = this.last!;
    const { head, pooled } = this.network;
    const { loss, error } = lossOf(logits, label);
    const at = this.stepOf(head);
    const keyOf = (layer: Layer): bigint => layerKey(seed, step, BigInt(layer.number));
    const gradient = this.first < head.number ? headGradient(at, error, maps.get(pooled.id)!) : undefined;
    updateHead(at, error, features, { lr: rates.head, key: keyOf(head) });
    if (gradient) this.backward(gradient, rates, keyOf);
    return loss;
  }

  private stepOf(layer: Layer): LayerStep {
    return {
      network: this.network,
      layer,
      parameters: this.parameters.get(layer.number)!,
      constants: this.constants.get(layer.number)!,
      bits: this.bits,
    };
  }

  /** N6, all layers. */
  private backward(ofPooled: Gradient, rates: Rates, keyOf: (layer: Layer) => bigint): void {
    const gradients = new Map<TensorId, Gradient>([[this.network.pooled.id, ofPooled]]);
    const skips = new Map<TensorId, SkipGradient>();
    for (const each of this.network.body.toReversed()) {
      const g = gradients.get(each.output.id);
      if (!g) continue;
      if (each.kind === 'sum') {
        for (const operand of each.inputs) {
          const isLast = readersOf(this.network, operand.id).length === 1;
          if (isLast) gradients.set(operand.id, g);
          else skips.set(operand.id, { ...g, ratio: skipRatio(each, operand) });
        }
        continue;
      }
      if (each.number < this.first) return;
      const h = this.scaledOf(each, g);
      if (each.number > this.first)
        gradients.set(each.input.id, this.inputGradientOf(each, h, skips.get(each.input.id)));
      this.update(each, h, rates, keyOf(each));
    }
  }

  /** N6.1 and N6.2. */
  private scaledOf(layer: Layer, g: Gradient): Gradient {
    const readers = readersOf(this.network, layer.output.id);
    const feedsSum = readers.length === 1 && readers[0]!.kind === 'sum';
    return scaled(this.stepOf(layer), g, feedsSum ? this.last!.maps.get(layer.output.id)!.mask : undefined);
  }

  private inputGradientOf(layer: Layer, h: Gradient, skip: SkipGradient | undefined): Gradient {
    return inputGradient(this.stepOf(layer), h, this.last!.maps.get(layer.input.id)!, skip);
  }

  /** N6.3 and N6.5. */
  private update(layer: Layer, h: Gradient, rates: Rates, key: bigint): void {
    const at = this.stepOf(layer);
    updateBiases(at, h, rates.bias);
    if (!this.trainsWeights.has(layer.number)) return;
    updateWeights(at, h, this.last!.maps.get(layer.input.id)!, { lr: rates.weights, key });
  }

  /** Weights in canonical order before biases, layer by layer: what trains. */
  state(): Uint8Array {
    const writer = new ByteWriter();
    for (const layer of this.trained()) {
      const { weights, biases } = this.parameters.get(layer.number)!;
      if (layer.kind === 'head') for (const w of weights) writer.i16(Number(w));
      else if (this.trainsWeights.has(layer.number)) for (const w of weights) writer.i8(Number(w));
      for (const b of biases) writer.i32(Number(b));
    }
    return writer.finish();
  }

  /** N12. */
  delta(): Uint8Array {
    const writer = new ByteWriter();
    const rounded = (b: bigint): bigint => (b + 128n) >> 8n;
    for (const layer of this.trained()) {
      const [now, start] = [this.parameters.get(layer.number)!, this.startOf(layer)];
      if (layer.kind === 'head' || this.trainsWeights.has(layer.number))
        now.weights.forEach((w, i) => writer.i16(Number(w - start.weights[i]!)));
      now.biases.forEach((b, o) => writer.i32(Number(rounded(b) - rounded(start.biases[o]!))));
    }
    return writer.finish();
  }

  /** N13: weights, head weights, biases that came to the end of their range. */
  saturated(): readonly [number, number, number] {
    const counts: [number, number, number] = [0, 0, 0];
    const ends = (now: readonly bigint[], start: readonly bigint[], limit: bigint): number =>
      now.filter((value, i) => (value === limit || value === -limit) && value !== start[i]).length;
    for (const layer of this.trained()) {
      const [now, start] = [this.parameters.get(layer.number)!, this.startOf(layer)];
      const isHead = layer.kind === 'head';
      if (isHead) counts[1] += ends(now.weights, start.weights, 8191n);
      else if (this.trainsWeights.has(layer.number)) counts[0] += ends(now.weights, start.weights, 127n);
      counts[2] += ends(now.biases, start.biases, BIAS_LIMIT);
    }
    return counts;
  }

  /** SHA-256 of a line a channel: layer, channel, requantisation, back scale, steps of weight and bias, frozen. */
  constantsDigest(): string {
    const lines = this.layers.flatMap(({ number, scales }) => {
      const { requant, back, weightStep, biasStep, frozen } = this.constants.get(number)!;
      return scales.map((_, o) =>
        [requant[o]!, back[o]!, weightStep[o]!, biasStep[o]!]
          .flatMap(({ m, e }) => [m, e])
          .concat([frozen[o] ? 1n : 0n])
          .join(' '),
      );
    });
    return digestOf(new TextEncoder().encode(lines.join('\n')));
  }

  /** Names of the layers whose input gradient is a running sum. */
  expanding(): readonly string[] {
    return this.layers.filter((layer) => isExpanding(this.network, layer)).map(({ name }) => name);
  }

  private trained(): readonly Layer[] {
    return this.layers.filter(({ kind, number }) => kind === 'head' || number >= this.first);
  }
}
