import { join } from 'node:path';
import { definedIn } from './c-names';
import { Headers } from './headers';
import { neededKernels } from './needed-kernels';
import { type Source, SourceTree } from './source-tree';

const source = (path: string, text: string): Source => ({ path, text, isStartup: false });

const headers = new Headers(
  new Map([
    [
      'kernels.h',
      'void fl_one(int32_t a,\n            int32_t b);\nvoid fl_two(void);\nvoid fl_four(void);\n',
    ],
    [
      'inline.h',
      '#include "kernels.h"\n/* Never fl_two. */\nstatic inline void fl_short(void) {\n  fl_four();\n}\n',
    ],
  ]),
);
const kernels = [
  source(
    'one.c',
    '#include "kernels.h"\nvoid fl_one(int32_t a,\n            int32_t b) {\n  fl_three[a] = b;\n}\n',
  ),
  source('two.c', '#include "kernels.h"\nvoid fl_two(void) {\n}\n'),
  source('three.c', 'int32_t fl_three[2] = {\n  0, 1,\n};\n'),
  source('four.c', '#if FL_DSP\nvoid fl_four(void) {\n}\n#endif\n'),
  source('four_again.c', '#if !FL_DSP\nvoid fl_four(void) {\n}\n#endif\n'),
];

const neededFor = (text: string): readonly string[] =>
  neededKernels(kernels, [source('model.c', text)], headers).map(({ path }) => path);

describe('the kernels that a program needs', () => {
  it('are those it calls, and what they take; a prototype or a comment calls nothing', () => {
    expect(neededFor('#include "kernels.h"\nvoid run(void) {\n  fl_one(0, 1);\n}\n')).toEqual([
      'one.c',
      'three.c',
    ]);
    expect(neededFor('#include "kernels.h"\n')).toEqual([]);
  });

  it('are those that inline functions of its headers call, in every file that may define them', () => {
    expect(neededFor('#include "inline.h"\n')).toEqual(['four.c', 'four_again.c']);
  });
});

it('every kernel of the templates can be found by a name that it defines', async () => {
  const tree = new SourceTree(join(__dirname, '../../../../firmware-templates'));
  const nameless = (await tree.kernels()).filter(({ text }) => definedIn(text).length === 0);
  expect(nameless.map(({ path }) => path)).toEqual([]);
});
