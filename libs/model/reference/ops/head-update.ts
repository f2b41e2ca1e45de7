import { type HeadUpdate, perTensor, tensorOf } from '#libs/model/ir';
import { trainingConstants } from '#libs/model/quant';
import { layerKey, weightDraw } from '#libs/base/rng';
import type { PrepareBackward, Step } from '../machine';
import {
  BIAS_STEP_FRACTION,
  channelStep,
  stepOf,
  steppedBias,
  steppedHeadWeight,
  WEIGHT_STEP_FRACTION,
} from './parameter-step';

/** Exponent of e and of e * f (Q15). */
const ERROR_EXPONENT = -15;

/** N5 head update: G = e_k * f_j for weights, e_k for biases. */
export const headUpdate: PrepareBackward<HeadUpdate> = (op, { graph, memory }) => {
  const [classes = 0, features = 0] = tensorOf(graph, op.weights).shape;
  const { weightStep, biasStep, frozen } = trainingConstants(graph, op.layer);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const input = memory.int8(op.input);
  const error = memory.int32(op.error);
  const weights = memory.int16(op.weights);
  const bias = memory.int32(op.bias);

  const updateClass = (k: number, key: number, { rates }: Step): void => {
    const e = error[k] as number;
    const biasBy = channelStep(biasStep, k, rates.head, BIAS_STEP_FRACTION);
    bias[k] = steppedBias(bias[k] as number, stepOf(e, ERROR_EXPONENT, biasBy));
    const weightBy = channelStep(weightStep, k, rates.head, WEIGHT_STEP_FRACTION);
    for (let j = 0; j < features; j++) {
      const index = k * features + j;
      const step = stepOf(e * ((input[j] as number) - zeroPoint), ERROR_EXPONENT, weightBy);
      weights[index] = steppedHeadWeight(weights[index] as number, step, weightDraw(key, index));
    }
  };

  return (step) => {
    const key = layerKey(step.seed, step.index, op.layer);
    for (let k = 0; k < classes; k++) if (!frozen[k]) updateClass(k, key, step);
  };
};
