import { sliceOf, tensorOf, type WeightUpdate, wholeIndex } from '#libs/model/ir';
import { canonicalOrder, trainingConstants } from '#libs/model/quant';
import { layerKey, weightDraw } from '#libs/base/rng';
import type { PrepareBackward } from '../machine';
import { convolutionAt } from './layer-at';
import { channelStep, stepOf, steppedWeight, WEIGHT_STEP_FRACTION } from './parameter-step';
import { weightGradient } from './weight-gradient';

/** N6.5 and N7: stochastic update of every weight, its random bits drawn by its canonical index (N1). */
export const weightUpdate: PrepareBackward<WeightUpdate> = (op, machine) => {
  const { graph, memory } = machine;
  const layer = convolutionAt(graph, op.layer);
  const { weightStep, frozen } = trainingConstants(graph, op.layer);
  const whole = canonicalOrder(layer.kind, tensorOf(graph, layer.weights).shape);
  const gradientOf = weightGradient(op, machine);
  const gradient = memory.blockFloat(op.gradient);
  const weights = memory.int8(op.weights);
  const slice = sliceOf(graph, tensorOf(graph, op.weights));
  const canonical = Uint32Array.from(weights, (_, i) => whole[wholeIndex(slice, i)] as number);
  const channelOf = canonical.map((ix) => Math.floor((ix * frozen.length) / whole.length));

  return ({ seed, index, rates }) => {
    const key = layerKey(seed, index, op.layer);
    const steps = Array.from(frozen, (_, o) =>
      channelStep(weightStep, o, rates.weights, WEIGHT_STEP_FRACTION),
    );
    const gradients = gradientOf(gradient);
    for (let i = 0; i < weights.length; i++) {
      const ix = canonical[i] as number;
      const o = channelOf[i] as number;
      if (frozen[o]) continue;
      const step = stepOf(gradients[i] as number, gradient.exponents[o] as number, steps[o]!);
      weights[i] = steppedWeight(weights[i] as number, step, weightDraw(key, ix));
    }
  };
};
