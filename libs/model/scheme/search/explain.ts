import { at } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import type { Contributions } from './contributions';
import { weightParts } from './parts';
import type { Candidate } from './search';

/** Why a part is in a scheme. */
export interface Reason {
  /** `biases`: of the last layers; `weights`: of one layer. */
  readonly part: 'biases' | 'weights';
  /** Biases: the first layer that trains them; absent where none does. */
  readonly layer?: number;
  /** Name of that layer in the model's file. */
  readonly name?: string;
  readonly ratio?: number;
  readonly channels?: number;
  readonly gain: number;
  /** Kept from forward to backward. */
  readonly savedBytes: number;
  /** Of trained numbers. */
  readonly copiedBytes: number;
  /** Per 1,024 bytes saved and copied. */
  readonly gainPerKilobyte: number;
}

/** What would come next: more channels of a layer. */
export interface NextInLine extends Reason {
  /** What the layer trains now. */
  readonly from: number;
}

const MOST_NEXT = 5;

const perKilobyte = (gain: number, bytes: number): number => (bytes === 0 ? 0 : (1024 * gain) / bytes);

/** Every part of a scheme, biases first, then weights by falling gain per byte. */
export function reasonsOf(graph: Graph, { bias, weights }: Candidate): readonly Reason[] {
  const layers = layersOf(graph);
  const first = layers.length - 1 - bias.layers;
  const ofBias: Reason = {
    part: 'biases',
    ...(bias.layers > 0 && { layer: first, name: at(layers, first).name }),
    gain: bias.gain,
    savedBytes: bias.savedBytes,
    copiedBytes: bias.copiedBytes,
    gainPerKilobyte: perKilobyte(bias.gain, bias.savedBytes + bias.copiedBytes),
  };
  const ofWeights = weights.map(({ layer, ratio, channels, gain, savedBytes, copiedBytes }): Reason => ({
    part: 'weights',
    layer,
    name: at(layers, layer).name,
    ratio,
    channels,
    gain,
    savedBytes,
    copiedBytes,
    gainPerKilobyte: perKilobyte(gain, savedBytes + copiedBytes),
  }));
  return [ofBias, ...ofWeights.sort((a, b) => b.gainPerKilobyte - a.gainPerKilobyte)];
}

/** Of every bias-trained layer the step up that gains most per byte; of these the best. Figures are what it would add. */
export function nextInLine(
  graph: Graph,
  contributions: Contributions,
  { bias, weights }: Candidate,
): readonly NextInLine[] {
  const layers = layersOf(graph);
  const before = layers.length - 1;
  const steps = Array.from({ length: bias.layers }, (_, i) => before - bias.layers + i).flatMap(
    (layer): readonly NextInLine[] => {
      const now = weights.find((part) => part.layer === layer);
      const more = weightParts(graph, contributions, layer)
        .filter(({ channels, gain }) => channels > (now?.channels ?? 0) && gain > (now?.gain ?? 0))
        .map((part): NextInLine => {
          const gain = part.gain - (now?.gain ?? 0);
          const savedBytes = part.savedBytes - (now?.savedBytes ?? 0);
          const copiedBytes = part.copiedBytes - (now?.copiedBytes ?? 0);
          return {
            part: 'weights',
            layer,
            name: at(layers, layer).name,
            from: now?.ratio ?? 0,
            ratio: part.ratio,
            channels: part.channels,
            gain,
            savedBytes,
            copiedBytes,
            gainPerKilobyte: perKilobyte(gain, savedBytes + copiedBytes),
          };
        })
        .sort((a, b) => b.gainPerKilobyte - a.gainPerKilobyte);
      return more.slice(0, 1);
    },
  );
  return steps.sort((a, b) => b.gainPerKilobyte - a.gainPerKilobyte).slice(0, MOST_NEXT);
}
