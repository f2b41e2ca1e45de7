import { at } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { cutStep, prefixCuts, trainingGraph } from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
import { randomInputs, randomScheme } from '#test/support/random-networks';
import { randomTrainedNetwork } from '#test/support/random-training';
import { createSession, featureMaker } from '.';

const STEPS = 4;

/** Losses and the delta of a few steps. */
function learnt(training: Graph, inputs: readonly Int8Array[]): object {
  const session = createSession(training);
  const losses = Array.from({ length: STEPS }, (_, index) => {
    session.forward(at(inputs, index % inputs.length));
    const loss = session.loss(index % 2);
    session.backward({ seed: 5, index, rates: uniformRates(0.1) });
    return loss;
  });
  return { losses, delta: session.delta() };
}

it('a step learns the same of the features of its prefix, wherever a random network can be cut', () => {
  let cuts = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const inference = randomTrainedNetwork(seed);
    const last = { name: 'last', biasLayers: 0, weightLayers: [] };
    const training = trainingGraph(inference, seed % 2 === 0 ? last : randomScheme(inference, seed));
    if (!training.ok) continue;
    const inputs = randomInputs(inference, 2, seed);
    const whole = learnt(training.value, inputs);
    for (const cut of prefixCuts(inference, training.value)) {
      const { prefix, suffix } = cutStep(inference, training.value, cut);
      expect(learnt(suffix, inputs.map(featureMaker(prefix)))).toEqual(whole);
      cuts++;
    }
  }
  expect(cuts).toBeGreaterThan(50);
});
