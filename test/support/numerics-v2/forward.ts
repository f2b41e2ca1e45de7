import { mbqm, q31, sum } from './arithmetic';
import { type LayerConstants, T2, TL } from './constants';
import { type Layer, type Network, pixelsOf, type Sum } from './network';
import type { TensorId } from '#libs/model/ir';

/** A map, and where its clamp did not act. */
export interface Computed {
  readonly values: readonly bigint[];
  readonly mask: readonly boolean[];
}

/** What a layer computes with: weights in canonical order, biases in 8 fractional bits where `isTrained` and the channel is not frozen. */
export interface Parameters {
  readonly weights: bigint[];
  readonly biases: bigint[];
  readonly isTrained: boolean;
}

/** Where output pixel `p` of a layer looks through tap `tap`: an input pixel, or none in the padding. */
export function sourceOf(layer: Layer, p: number, tap: number): number | undefined {
  const { output, input, kernel, stride, dilation, before } = layer;
  const y = Math.floor(p / output.width) * stride[0] + Math.floor(tap / kernel[1]) * dilation[0] - before[0];
  const x = (p % output.width) * stride[1] + (tap % kernel[1]) * dilation[1] - before[1];
  return y < 0 || x < 0 || y >= input.height || x >= input.width ? undefined : y * input.width + x;
}

export const tapsOf = ({ kernel }: Layer): number => kernel[0] * kernel[1];

/** Input channels that output channel `o` sums. */
export const inputsOf = (layer: Layer, o: number): readonly number[] =>
  layer.kind === 'depthwise' ? [o] : Array.from({ length: layer.input.channels }, (_, i) => i);

/** Canonical index (N1) of the weight between output `o` and the `n`th of its inputs. */
export const indexOf = (layer: Layer, o: number, n: number, tap: number): number =>
  (layer.kind === 'depthwise' ? o : o * layer.input.channels + n) * tapsOf(layer) + tap;

function clamped(u: bigint, [low, high]: readonly [bigint, bigint]): { value: bigint; passes: boolean } {
  return { value: u < low ? low : u > high ? high : u, passes: low <= u && u <= high };
}

function collect(each: readonly { value: bigint; passes: boolean }[]): Computed {
  return { values: each.map(({ value }) => value), mask: each.map(({ passes }) => passes) };
}

/** The sum of output (o, p): weights times x - z, padding contributes 0. */
function accumulate(
  layer: Layer,
  weights: readonly bigint[],
  input: readonly bigint[],
  { o, p }: { readonly o: number; readonly p: number },
): bigint {
  let acc = 0n;
  for (let tap = 0; tap < tapsOf(layer); tap++) {
    const from = sourceOf(layer, p, tap);
    if (from === undefined) continue;
    inputsOf(layer, o).forEach((i, n) => {
      const x = input[i * pixelsOf(layer.input) + from]! - layer.input.zero;
      acc += weights[indexOf(layer, o, n, tap)]! * x;
    });
  }
  return acc;
}

/** N2, one convolution. */
function convolved(
  layer: Layer,
  at: Parameters,
  constants: LayerConstants,
  input: readonly bigint[],
): Computed {
  const pixels = pixelsOf(layer.output);
  return collect(
    Array.from({ length: layer.output.channels * pixels }, (_, index) => {
      const o = Math.floor(index / pixels);
      const isWhole = !at.isTrained || constants.frozen[o];
      const bias = isWhole ? at.biases[o]! : (at.biases[o]! + 128n) >> 8n;
      const acc = BigInt.asIntN(32, bias + accumulate(layer, at.weights, input, { o, p: index % pixels }));
      return clamped(mbqm(acc, constants.requant[o]!) + layer.output.zero, layer.clamp);
    }),
  );
}

/** N2, ADD. */
function added({ inputs: [a, b], output, clamp }: Sum, first: Computed, second: Computed): Computed {
  const t = 2 * Math.max(a.scale, b.scale);
  const [ma, mb, my] = [q31(a.scale / t), q31(b.scale / t), q31(t / (1048576 * output.scale))];
  return collect(
    first.values.map((x, i) => {
      const left = mbqm((x - a.zero) << 20n, ma);
      const right = mbqm((second.values[i]! - b.zero) << 20n, mb);
      return clamped(mbqm(left + right, my) + output.zero, clamp);
    }),
  );
}

export interface Forward {
  readonly maps: ReadonlyMap<TensorId, Computed>;
  readonly features: readonly bigint[];
  readonly logits: readonly bigint[];
}

/** N2: everything up to the logits. */
export function forward(
  network: Network,
  parametersOf: (layer: Layer) => Parameters,
  constantsOf: (layer: Layer) => LayerConstants,
  input: Int8Array,
): Forward {
  const { channels } = network.input;
  const pixels = pixelsOf(network.input);
  const planes = Array.from(input, (_, i) =>
    BigInt(input[(i % pixels) * channels + Math.floor(i / pixels)]!),
  );
  const maps = new Map<TensorId, Computed>([[network.input.id, { values: planes, mask: [] }]]);
  for (const each of network.body) {
    const output =
      each.kind === 'sum'
        ? added(each, maps.get(each.inputs[0].id)!, maps.get(each.inputs[1].id)!)
        : convolved(each, parametersOf(each), constantsOf(each), maps.get(each.input.id)!.values);
    maps.set(each.output.id, output);
  }
  const features = pooledFeatures(network, maps.get(network.pooled.id)!);
  const { head } = network;
  const { weights, biases } = parametersOf(head);
  const logits = head.scales.map((_, k) => {
    const acc = features.map((f, j) => weights[k * features.length + j]! * f);
    return mbqm(((biases[k]! + 8n) >> 4n) + sum(acc), constantsOf(head).requant[k]!);
  });
  return { maps, features, logits };
}

/** BigInt division truncates. */
function pooledFeatures({ pooled, head }: Network, { values }: Computed): readonly bigint[] {
  const pixels = pixelsOf(pooled);
  const count = BigInt(pixels);
  return Array.from({ length: pooled.channels }, (_, c) => {
    const total = sum(values.slice(c * pixels, (c + 1) * pixels));
    return (total > 0n ? total + count / 2n : total - count / 2n) / count - head.input.zero;
  });
}

/** N3. */
export function lossOf(logits: readonly bigint[], label: number): { loss: bigint; error: readonly bigint[] } {
  const most = logits.reduce((a, b) => (b > a ? b : a));
  const powers = logits.map((u) => {
    const d = most - u;
    const [ip, f] = [d >> 16n, d & 65535n];
    const [i, r] = [Number(f >> 10n), f & 1023n];
    const v = T2[i]! - (((T2[i]! - T2[i + 1]!) * r + 512n) >> 10n);
    return ip > 15n ? 0n : v >> ip;
  });
  const s = sum(powers);
  const error = powers.map((power, k) => (power * 32768n + (s >> 1n)) / s - (k === label ? 32768n : 0n));
  const nb = BigInt(s.toString(2).length - 1);
  const fr = (nb >= 16n ? s >> (nb - 16n) : s << (16n - nb)) & 65535n;
  const [i, r] = [Number(fr >> 10n), fr & 1023n];
  const logarithm = (nb - 15n) * 65536n + TL[i]! + (((TL[i + 1]! - TL[i]!) * r) >> 10n);
  return { loss: most - logits[label]! + logarithm, error };
}
