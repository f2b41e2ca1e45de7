import type { BiasUpdate } from '#libs/model/ir';
import { trainingConstants } from '#libs/model/quant';
import type { PrepareBackward } from '../machine';
import { viewedGradient } from './viewed-gradient';
import { BIAS_STEP_FRACTION, channelStep, stepOf, steppedBias } from './parameter-step';

/** N6.3: G = sum over pixels of h[o,p]. */
export const biasUpdate: PrepareBackward<BiasUpdate> = (op, machine) => {
  const { graph, memory } = machine;
  const { biasStep, frozen } = trainingConstants(graph, op.layer);
  const gradientSeen = viewedGradient(op, machine);
  const bias = memory.int32(op.bias);
  return ({ rates }) => {
    const { mantissas, exponents } = gradientSeen();
    const channels = exponents.length;
    const pixels = mantissas.length / channels;
    for (let o = 0; o < channels; o++) {
      if (frozen[o]) continue;
      let sum = 0;
      for (let p = 0; p < pixels; p++) sum += mantissas[o * pixels + p] as number;
      const by = channelStep(biasStep, o, rates.bias, BIAS_STEP_FRACTION);
      bias[o] = steppedBias(bias[o] as number, stepOf(sum, exponents[o] as number, by));
    }
  };
};
