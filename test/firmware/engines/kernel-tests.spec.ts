import { complaintsOf, describeWithGcc } from '#test/support/c-tests';

const DSP = { macros: ['-DFL_DSP=1', '-DFL_DSP_GRADIENTS=1'] };

describeWithGcc('C tests of the kernels (skipped without gcc)', () => {
  it('a map computed row by row, through rings, is the one computed in one call', async () => {
    expect(await complaintsOf('band_test')).toBe('');
  });

  it('gradients by the kernels for DSP instructions are those of the plain kernels', async () => {
    expect(await complaintsOf('gradient_dsp_test', DSP)).toBe('');
  });

  it('layers and sums by the kernels for DSP instructions are what their operators are defined as', async () => {
    expect(await complaintsOf('forward_dsp_test', DSP)).toBe('');
  });
});
