import { unwrap } from '#libs/base/result';
import type { ScaleGradient } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { endsStep } from './gradients';

describe('a gradient that died', () => {
  const graph = unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.sparse));
  const scaling = (name: string): ScaleGradient =>
    graph.ops.find((op): op is ScaleGradient => op.kind === 'scaleGradient' && op.name === name)!;

  it.each([
    ['b6.pw.scale', true],
    // Its unscaled copy waits for the other operand of the ADD: that may live on where all channels of this layer are frozen.
    ['b5.pw.scale', false],
    ['b4.pw.scale', true],
  ])('in %s ends the step: %s', (name, ends) => {
    expect(endsStep(scaling(name), graph)).toBe(ends);
  });
});
