import { join } from 'node:path';
import { at } from '#libs/base/result';
import { planStep } from '#libs/firmware/program';
import { type Graph, tensorBytes, tensorOf } from '#libs/model/ir';
import { schemeAccounting, schemeLadder, type SparseScheme } from '#libs/model/scheme';
import { orThrow, readInference } from '../../compile-model';
import { atMost, bytes, ratio } from '../bar';
import { type Figure, held, noted } from '../figure';
import type { TrainingRow } from '../row';

/** A scheme of the 99 KB class takes no more by the field's accounting. */
const CLASS_BYTES = 99 * 1024;
const RATIOS = [1, 0.5, 0.25, 0.125];

/** Blocks from which on biases are trained: so far back as the published scheme of the class reaches, and the last ones alone. */
const REACHES = [8, 13];

/**
 * Biases from a block to the end; of each block from there on, its first pointwise layer (MCUNetV3, figure 5: what gains most a
 * byte), as much of it as the class has room for. The first blocks come first, as in the published schemes.
 */
function schemeOfClass(inference: Graph, block: number): SparseScheme {
  const family = schemeLadder(inference).find(({ name }) => name === `sparse-b${block}`);
  if (!family) throw new Error(`${inference.name} can't be trained from block ${block} on`);
  const start: SparseScheme = { ...family, name: `99kb-b${block}`, weightLayers: [] };
  return family.weightLayers.reduce((scheme, { layer }) => {
    const larger = RATIOS.map((part) => ({
      ...scheme,
      weightLayers: [...scheme.weightLayers, { layer, ratio: part }],
    }));
    return larger.find((each) => schemeAccounting(inference, each).totalBytes <= CLASS_BYTES) ?? scheme;
  }, start);
}

const textOf = ({ biasLayers, weightLayers }: SparseScheme): string =>
  `${biasLayers} biases, ${weightLayers.map(({ layer, ratio: part }) => (part === 1 ? layer : `${layer}:${part}`)).join(' ')}`;

function figuresOf(inference: Graph, scheme: SparseScheme): readonly Figure[] {
  const { totalBytes } = schemeAccounting(inference, scheme);
  const whole = orThrow(planStep(inference, scheme)).plan.peakBytes;
  const { plan } = orThrow(planStep(inference, scheme, { optimize: 'ram' }));
  const imageBytes = tensorBytes(tensorOf(inference, at(inference.inputs, 0)));
  const question = { anchor: 'TTE 1.6 in the paper, 3.8 as shipped', bar: atMost(1.3), format: ratio };
  const over = `${bytes(plan.peakBytes)} over ${bytes(totalBytes)} B`;
  return [
    held(
      { ...question, what: `${textOf(scheme)}: arena ${over}, by channels and rows` },
      plan.peakBytes / totalBytes,
    ),
    held(
      { ...question, what: `with the image of ${bytes(imageBytes)} B beside the arena, too` },
      (plan.peakBytes + imageBytes) / totalBytes,
    ),
    noted(`layer by layer: arena ${bytes(whole)} B`, ratio(whole / totalBytes)),
  ];
}

export const accounting: TrainingRow = {
  name: 'accounting',
  summary: "training SRAM over the scheme's own accounting, schemes of the 99 KB class on mcunet_vww",
  measure({ settings, note }) {
    const inference = readInference(join(settings.models, 'mcunet_vww', 'model.tflite'));
    const figures = REACHES.flatMap((block) => {
      const scheme = schemeOfClass(inference, block);
      note(`accounting: ${textOf(scheme)}`);
      return figuresOf(inference, scheme);
    });
    return Promise.resolve(figures);
  },
};
