import { Memo } from './memo';

describe('Memo', () => {
  it('does the work once for all who ask, at the same time and later', async () => {
    let count = 0;
    const memo = new Memo<number>(8, () => true);
    const work = () => Promise.resolve(++count);
    const together = await Promise.all([memo.get('a', work), memo.get('a', work)]);
    expect([...together, await memo.get('a', work)]).toEqual([1, 1, 1]);
  });

  it('does it again after a failure, and after a result that is not final', async () => {
    let count = 0;
    const memo = new Memo<number>(8, (value) => value > 2);
    const work = () => (++count === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(count));
    await expect(memo.get('a', work)).rejects.toThrow('broken');
    expect([await memo.get('a', work), await memo.get('a', work), await memo.get('a', work)]).toEqual([
      2, 3, 3,
    ]);
  });

  it('forgets the oldest', async () => {
    let count = 0;
    const memo = new Memo<number>(1, () => true);
    const work = () => Promise.resolve(++count);
    await memo.get('a', work);
    await memo.get('b', work);
    expect(await memo.get('a', work)).toBe(3);
  });
});
