import { JsonView } from './json-view';

describe('an answer of the server', () => {
  const view = new JsonView(
    { id: 'a', count: 2, none: null, rows: [{ x: 1 }], inner: { on: true } },
    'GET /x',
  );

  it('is read field by field', () => {
    expect([view.text('id'), view.number('count'), view.object('inner').boolean('on')]).toEqual([
      'a',
      2,
      true,
    ]);
    expect(view.list('rows').map((row) => row.number('x'))).toEqual([1]);
  });

  it('may leave out a field that has an alternative', () => {
    expect([view.textOr('none', '-'), view.numberOr('gone', 0), view.objectOr('gone', 0)]).toEqual([
      '-',
      0,
      0,
    ]);
  });

  it('that is not as expected says which field of which call', () => {
    expect(() => view.number('id')).toThrow('GET /x.id is "a", expected a number');
    expect(() => view.list('rows')[0]?.text('y')).toThrow('GET /x.rows[0].y');
    expect(() => view.items()).toThrow('GET /x is no list');
  });
});
