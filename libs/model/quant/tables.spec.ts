import { bytesOf, digestOf } from '#libs/base/bytes';
import { LOGARITHM_TABLE, POWER_TABLE } from './tables';

describe('tables of N3', () => {
  it('the powers of two have the digest of N0', () => {
    expect(digestOf(bytesOf(POWER_TABLE))).toMatch(/^9e43ed8c.*15624$/);
  });

  it('the logarithms have the digest of N0', () => {
    expect(digestOf(bytesOf(LOGARITHM_TABLE))).toMatch(/^fca8951e.*132ebc$/);
  });
});
