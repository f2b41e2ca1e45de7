import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { elementCount, type Graph, layersOf, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
import { autoencoder, endingIn, ENDINGS, regressor } from '#test/support/trained-operators';
import { createSession, type TrainingSession } from './training-session';

const STEPS = 400;

/** Noisy waves, one of another phase each. */
function waves(graph: Graph, count: number): readonly Int8Array[] {
  const rng = new Rng(3);
  const length = elementCount(tensorOf(graph, at(graph.inputs, 0)).shape);
  return Array.from({ length: count }, (_, item) =>
    Int8Array.from({ length }, (_unused, i) => Math.round(60 * Math.sin(i / 5 + item) + rng.below(9) - 4)),
  );
}

interface Lesson {
  readonly items: number;
  readonly rate: number;
  readonly labelOf: (item: number) => number;
}

function sessionOf(inference: Graph): TrainingSession {
  const layers = layersOf(inference).length - 1;
  const weightLayers = Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 }));
  return createSession(unwrap(trainingGraph(inference, { name: 'all', biasLayers: layers, weightLayers })));
}

/** Mean losses before and after. */
function lessons(
  inference: Graph,
  { items, rate, labelOf }: Lesson,
): readonly [before: number, after: number] {
  const session = sessionOf(inference);
  const inputs = waves(inference, items);
  const meanLoss = (): number =>
    inputs.reduce((sum, input, item) => {
      session.forward(input);
      return sum + session.loss(labelOf(item));
    }, 0) / items;
  const before = meanLoss();
  for (let index = 0; index < STEPS; index++) {
    session.forward(at(inputs, index % items));
    session.loss(labelOf(index % items));
    session.backward({ seed: 1, index, rates: uniformRates(rate) });
  }
  return [before, meanLoss()];
}

describe('a session of', () => {
  it('an autoencoder learns to give its inputs again', () => {
    const [before, after] = lessons(autoencoder(1), { items: 8, rate: 0.1, labelOf: () => 0 });
    expect(after).toBeLessThan(before / 10);
  });

  it('a regressor learns the numbers of its labels', () => {
    const labelOf = (item: number): number => (item % 2 === 0 ? -100 : 100) & 0xff;
    const [before, after] = lessons(regressor(1), { items: 2, rate: 1, labelOf });
    expect(after).toBeLessThan(before / 4);
  });

  it.each(['a dense layer', 'a MEAN over height and width', 'a flattened map'])(
    'a classifier behind %s learns its classes',
    (ending) => {
      const labelOf = (item: number): number => item % 3;
      const [before, after] = lessons(endingIn(ENDINGS[ending]!, 1), { items: 3, rate: 0.02, labelOf });
      expect(after).toBeLessThan(before / 4);
    },
  );

  it('says what it is trained to do, and shows what the last forward gave', () => {
    const [first] = waves(autoencoder(1), 1);
    const again = sessionOf(autoencoder(1));
    again.forward(first!);
    expect([again.objective, again.output().length]).toEqual(['reconstruct', 40]);
    expect(() => again.logits()).toThrow('tells no classes apart');
    expect(sessionOf(regressor(1)).objective).toBe('regress');
    expect(sessionOf(endingIn(ENDINGS['a map']!, 1)).objective).toBe('classify');
  });
});
