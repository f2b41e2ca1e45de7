import { aligned, kceil, type Pair, q15, q31 } from './arithmetic';
import { type Layer, type Network, pixelsOf, readersOf, type Site, type Sum } from './network';

/** N0 of one layer, one entry an output channel. */
export interface LayerConstants {
  readonly requant: readonly Pair[];
  readonly back: readonly Pair[];
  readonly weightStep: readonly Pair[];
  readonly biasStep: readonly Pair[];
  readonly frozen: readonly boolean[];
}

const isFrozen = (layer: Layer, o: number): boolean =>
  layer.scales[o]! < 1e-6 || layer.biases[o]! > 1n << 22n || layer.biases[o]! < -(1n << 22n);

/** s': of the ADD that alone takes the output, else of the output. */
function backDivisor(network: Network, { output }: Layer): number {
  const [reader, ...others] = readersOf(network, output.id);
  return reader?.kind === 'sum' && others.length === 0 ? reader.output.scale : output.scale;
}

export function constantsOf(network: Network, layer: Layer): LayerConstants {
  const { scales, input, output } = layer;
  const isHead = layer.kind === 'head';
  const frozen = scales.map((_, o) => isFrozen(layer, o));
  const divisor = isHead ? pixelsOf(network.pooled) : backDivisor(network, layer);
  const effective = scales.map((s) => (input.scale * s) / divisor);
  const common = kceil(Math.max(...effective));
  const dead: Pair = { m: 0n, e: isHead ? BigInt(common) : 0n };
  return {
    frozen,
    requant: scales.map((s) =>
      q31(isHead ? input.scale * s * 1.4426950408889634 * 4096 : (input.scale * s) / output.scale),
    ),
    back: effective.map((value, o) =>
      frozen[o] ? dead : isHead ? { m: aligned(value, common), e: BigInt(common) } : q15(value),
    ),
    weightStep: scales.map((s) => q15(isHead ? input.scale / s : 1 / (s * s))),
    biasStep: scales.map((s) =>
      q15(isHead ? 1 / (input.scale * s) : 1 / (input.scale * s * (input.scale * s))),
    ),
  };
}

/** N0 skip: rc and rk. */
export function skipRatio(sum: Sum, operand: Site): Pair {
  const ratio = operand.scale / sum.output.scale;
  const k = kceil(ratio);
  return { m: aligned(ratio, k), e: BigInt(k) };
}

/** N4 for what is trained: M. */
export function mantissaBits(network: Network, trainsWeights: ReadonlySet<number>, first: number): bigint {
  const layers = network.body.filter((each): each is Layer => each.kind !== 'sum');
  const bounds = layers.flatMap(({ number, kind, kernel, output }) => [
    number > first ? 128 * kernel[0] * kernel[1] * (kind === 'depthwise' ? 1 : output.channels) : 0,
    trainsWeights.has(number) ? 255 * pixelsOf(output) : 0,
  ]);
  const bound = Math.max(...bounds, 8191 * network.head.output.channels);
  return BigInt(Math.min(14, 30 - kceil(bound)));
}

const round = (x: number): bigint => BigInt(Math.round(x));
const STEPS = Array.from({ length: 65 }, (_, i) => i);
export const T2 = STEPS.map((i) => round(32768 * 2 ** (-i / 64)));
export const TL = STEPS.map((i) => round(65536 * Math.log2(1 + i / 64)));
