import { unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { trainingGraph } from '#libs/model/passes';
import { residualNetwork } from '#test/support/tiny-networks';
import { gradientEnergies } from './gradient-energies';
import { createSession } from './training-session';

const INPUT_BYTES = 8 * 6 * 2;
const training = unwrap(
  trainingGraph(residualNetwork(), {
    name: 'all',
    biasLayers: 4,
    weightLayers: [0, 1, 2, 3].map((layer) => ({ layer, ratio: 1 })),
  }),
);
const rng = new Rng(9);
const rows = Array.from({ length: 6 }, (_, i) => ({
  features: Int8Array.from({ length: INPUT_BYTES }, () => rng.below(256) - 128),
  label: i % 3,
}));

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('gradient energies', () => {
  const energies = gradientEnergies(training, rows);

  it('are of every layer, by channel, and positive', () => {
    expect(energies.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
    for (const { bias, weights } of energies) {
      expect(bias).toBeGreaterThan(0);
      expect(total(weights)).toBeGreaterThan(0);
    }
  });

  it('are means of those of each row: nothing is updated on the way', () => {
    const each = rows.map((row) => gradientEnergies(training, [row]));
    energies.forEach(({ bias, weights }, i) => {
      expect(bias / (total(each.map((one) => one[i]!.bias)) / rows.length)).toBeCloseTo(1, 9);
      expect(total(weights) / (total(each.map((one) => total(one[i]!.weights))) / rows.length)).toBeCloseTo(
        1,
        9,
      );
    });
  });

  it('take what the model predicts where there is no label', () => {
    const session = createSession(training);
    const own = rows.map(({ features }) => {
      session.forward(features);
      return { features, label: session.predict() };
    });
    expect(
      gradientEnergies(
        training,
        rows.map(({ features }) => ({ features })),
      ),
    ).toEqual(gradientEnergies(training, own));
  });
});
