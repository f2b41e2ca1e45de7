import { join } from 'node:path';
import type { Graph } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { gradientAgreement, type TrainedPart } from '#test/support/exact-gradients';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { mcunetGraph } from '#test/support/mcunetv3';
import {
  autoencoder,
  between,
  endingIn,
  ENDINGS,
  OPERATORS,
  regressor,
} from '#test/support/trained-operators';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';
import { readInference } from '../../compile-model';
import { atLeast, cosine } from '../bar';
import { type Figure, held } from '../figure';
import type { TrainingRow } from '../row';

const SEEDS = [1, 2, 3];

/** A network, the seed of its input, and what of it is trained. */
interface Trial {
  readonly name: string;
  readonly graph: Graph;
  readonly seed: number;
  readonly part: TrainedPart;
}

const WEIGHTS: TrainedPart = { weights: true };
/** Between operators without weights only biases are trained. */
const BIASES: TrainedPart = { weights: false };

const seeded = (name: string, part: TrainedPart, draw: (seed: number) => Graph): readonly Trial[] =>
  SEEDS.map((seed) => ({ name, graph: draw(seed), seed, part }));

const operatorTrials = (): readonly Trial[] => [
  ...Object.entries(OPERATORS).flatMap(([name, draw]) => seeded(name, BIASES, (seed) => between(draw, seed))),
  ...Object.entries(ENDINGS).flatMap(([name, ending]) =>
    seeded(name, BIASES, (seed) => endingIn(ending, seed)),
  ),
  ...seeded('dense layers', BIASES, autoencoder),
  ...seeded('one number', BIASES, regressor),
  ...seeded('convolutions around an ADD', WEIGHTS, residualNetwork),
  ...seeded('convolutions beside a shortcut', WEIGHTS, shortcutNetwork),
];

function worstOf(what: string, trials: readonly Trial[]): Figure {
  const cosines = trials.map(({ name, graph, seed, part }) => ({
    name,
    value: gradientAgreement(graph, seed, part).cosine,
  }));
  const [worst] = cosines.toSorted((a, b) =>
    Number.isNaN(a.value) || Number.isNaN(b.value)
      ? Number(Number.isNaN(b.value)) - Number(Number.isNaN(a.value))
      : a.value - b.value,
  );
  const detail = trials.length > 1 ? `, worst of ${trials.length} trials (${worst?.name ?? '-'})` : '';
  return held({ what: `${what}${detail}`, bar: atLeast(0.999), format: cosine }, worst?.value ?? NaN);
}

/** Of its 42 convolutions, as many as the largest published scheme trains. */
const MCUNET_LAYERS = 24;

/** As the importer leaves it. */
const mcunet = (): Graph => runPasses(mcunetGraph('mcunet-5fps'), INFERENCE_PASSES);

export const gradients: TrainingRow = {
  name: 'gradients',
  summary:
    'integer gradients beside exact automatic differentiation in binary64: the worst cosine of any layer',
  measure({ settings, note }) {
    const vww = join(settings.models, 'mcunet_vww', 'model.tflite');
    const whole = (name: string, graph: Graph, part: TrainedPart): Figure => {
      note(`gradients: ${name}`);
      return worstOf(name, [{ name, graph, seed: 1, part }]);
    };
    return Promise.resolve([
      worstOf('every operator', operatorTrials()),
      whole('kws-digits, all layers, weights and biases', kwsDigitsGraph(), WEIGHTS),
      whole('mcunet_vww, all layers, biases', readInference(vww), BIASES),
      whole(`mcunet-5fps, last ${MCUNET_LAYERS} layers, weights and biases`, mcunet(), {
        weights: true,
        layers: MCUNET_LAYERS,
      }),
    ]);
  },
};
