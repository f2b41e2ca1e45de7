import { worstGradientCosine } from '#test/support/exact-gradients';
import { residualNetwork } from '#test/support/tiny-networks';

it('finds integer gradients beside exact ones, close but not the same', () => {
  const cosine = worstGradientCosine(residualNetwork(1), 1, { weights: true });
  expect(cosine).toBeGreaterThan(0.999);
  expect(cosine).toBeLessThan(1);
});

it('looks at fewer layers where fewer are trained', () => {
  const all = worstGradientCosine(residualNetwork(2), 1, { weights: true });
  const few = worstGradientCosine(residualNetwork(2), 1, { weights: true, layers: 1 });
  expect(few).toBeGreaterThanOrEqual(all);
});

it('refuses layers that are not there', () => {
  expect(() => worstGradientCosine(residualNetwork(1), 1, { weights: false, layers: 99 })).toThrow('biases');
});
