import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { elementCount, layersOf, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
import { createSession } from '#libs/model/reference';
import { ShadowSession } from '#test/support/float-shadow';
import { residualNetwork } from '#test/support/tiny-networks';

const inference = residualNetwork(1);
const layers = layersOf(inference).length - 1;
const head = { name: 'head', biasLayers: 0, weightLayers: [] };
const full = {
  name: 'full',
  biasLayers: layers,
  weightLayers: Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 })),
};
const rng = new Rng(7);
const input = Int8Array.from(
  { length: elementCount(tensorOf(inference, at(inference.inputs, 0)).shape) },
  () => rng.below(256) - 128,
);

function stepped(session: ShadowSession | ReturnType<typeof createSession>, rate: number, steps: number) {
  for (let index = 0; index < steps; index++) {
    session.forward(input);
    session.loss(1);
    session.backward({ seed: 5, index, rates: uniformRates(rate) });
  }
  return session.state();
}

it('begins where the reference does, with the same loss', () => {
  const graph = unwrap(trainingGraph(inference, full));
  const [shadow, reference] = [new ShadowSession(graph), createSession(graph)];
  expect(shadow.state()).toEqual(reference.state());
  for (const session of [shadow, reference]) session.forward(input);
  expect(shadow.loss(1)).toBe(reference.loss(1));
  expect(shadow.predict()).toBe(reference.predict());
});

it('makes the step of the reference, but for the rounding of each weight', () => {
  const graph = unwrap(trainingGraph(inference, full));
  const start = stepped(createSession(graph), 0.5, 0);
  const shadow = stepped(new ShadowSession(graph), 0.5, 1);
  const reference = stepped(createSession(graph), 0.5, 1);
  const signed = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer.slice(0));
  expect(shadow).not.toEqual(start);
  // The first layer's weights come first.
  const count = elementCount(tensorOf(inference, at(layersOf(inference), 0).weights).shape);
  for (let i = 0; i < count; i++)
    expect(Math.abs(at(signed(shadow), i) - at(signed(reference), i))).toBeLessThanOrEqual(1);
});

it('keeps steps too small to be seen until they can be', () => {
  const graph = unwrap(trainingGraph(inference, head));
  const start = stepped(new ShadowSession(graph), 0.02, 0);
  expect(stepped(new ShadowSession(graph), 1e-7, 1)).toEqual(start);
  expect(stepped(new ShadowSession(graph), 0.02, 20)).not.toEqual(start);
});
