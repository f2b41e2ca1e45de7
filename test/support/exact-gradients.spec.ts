import { gradientAgreement } from '#test/support/exact-gradients';
import { residualNetwork } from '#test/support/tiny-networks';

it('finds integer gradients beside exact ones, close but not the same', () => {
  const { cosine, lengthError } = gradientAgreement(residualNetwork(1), 1, { weights: true });
  expect(cosine).toBeGreaterThan(0.999);
  expect(cosine).toBeLessThan(1);
  expect(lengthError).toBeGreaterThan(0);
});

it('looks at fewer layers where fewer are trained', () => {
  const all = gradientAgreement(residualNetwork(2), 1, { weights: true });
  const few = gradientAgreement(residualNetwork(2), 1, { weights: true, layers: 1 });
  expect(few.layers).toBe(1);
  expect(few.cosine).toBeGreaterThanOrEqual(all.cosine);
});

it('refuses layers that are not there', () => {
  expect(() => gradientAgreement(residualNetwork(1), 1, { weights: false, layers: 99 })).toThrow('biases');
});
