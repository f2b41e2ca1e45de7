import { complaintsOf, describeWithGcc } from '#test/support/c-tests';

describeWithGcc('C tests of what everything rests on (skipped without gcc)', () => {
  it('the fixed-point arithmetic is what NUMERICS defines, at all edges', async () => {
    expect(await complaintsOf('arith_test')).toBe('');
  });

  it('SHA-256 gives the digests of FIPS 180-4', async () => {
    expect(await complaintsOf('sha256_test', { sources: ['runtime/sha256.c'] })).toBe('');
  });
});
