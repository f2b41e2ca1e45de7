import { Headers } from './headers';

const headers = new Headers(
  new Map([
    ['a.h', '#include "b.h"\n#include <stdint.h>\n'],
    ['b.h', '#include "a.h"\n'],
    ['model_config.h', '#define X 1\n'],
    ['c.h', '#include "model_config.h"\n'],
  ]),
);

describe('the headers of a source', () => {
  it('are those it includes, and those they include, circles and all', () => {
    expect(headers.reachedFrom('#include "a.h"\n#include "unknown.h"\n')).toEqual(['a.h', 'b.h']);
    expect(headers.reachedFrom('#include "c.h"\n#include "b.h"')).toEqual([
      'a.h',
      'b.h',
      'c.h',
      'model_config.h',
    ]);
    expect(headers.reachedFrom('int x;')).toEqual([]);
  });

  it('change its digest, and no other header does', () => {
    const other = new Headers(
      new Map([
        ['a.h', ''],
        ['b.h', ''],
        ['model_config.h', '#define X 2\n'],
        ['c.h', '#include "model_config.h"\n'],
      ]),
    );
    const source = '#include "c.h"';
    expect(other.digestFor(source)).not.toBe(headers.digestFor(source));
    expect(other.digestFor('#include "model_config.h"')).not.toBe(
      headers.digestFor('#include "model_config.h"'),
    );
    expect(other.digestFor('int x;')).toBe(headers.digestFor('int x;'));
  });
});
