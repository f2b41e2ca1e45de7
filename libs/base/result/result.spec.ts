import { at, err, fault, invariant, ok, unwrap } from '.';

describe('a result', () => {
  it('is a value or a fault with a code', () => {
    expect(unwrap(ok(3))).toBe(3);
    expect(() => unwrap(err(fault('plan.does-not-fit', 'too big')))).toThrow('plan.does-not-fit: too big');
  });

  it('has loud companions for our own mistakes', () => {
    expect(() => invariant(1 + 1 === 3, 'arithmetic')).toThrow('invariant broken: arithmetic');
    expect(() => at([1], 1)).toThrow(RangeError);
    expect(at([1], 0)).toBe(1);
  });
});
