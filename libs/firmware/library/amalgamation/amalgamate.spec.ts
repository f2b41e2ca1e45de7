import { amalgamate } from './amalgamate';
import { tokensOf } from './tokens';

const library = (files: Readonly<Record<string, string>>): string =>
  amalgamate({
    texts: new Map(Object.entries({ 'lib.h': 'int lib_run(void);\n', ...files })),
    entry: 'lib.c',
    interface: 'lib.h',
  });

const HEADER = `
/* What kernels share. */
#ifndef FL_K_H
#define FL_K_H
#include <stdint.h>
/* One. */
int fl_one(const int32_t *x);
int fl_two(void);
static inline int fl_unused(void) { return 0; }
extern const int fl_table[2];
#endif
`;
const ONE =
  '#include "fl_k.h"\nstatic int help(void) { return fl_table[0]; }\nint fl_one(const int32_t *x) { return help() + *x; }\n';
const TWO = '#include "fl_k.h"\nstatic int help(void) { return 2; }\nint fl_two(void) { return help(); }\n';
const TABLE = '#include "fl_k.h"\nconst int fl_table[2] = {1, 2};\n';
const files = { 'k/fl_k.h': HEADER, 'k/one.c': ONE, 'k/two.c': TWO, 'k/zz.c': TABLE };
const RUN_ONE = '#include "lib.h"\n#include "fl_k.h"\nint lib_run(void) { return fl_one(0); }\n';
const RUN_BOTH = '#include "lib.h"\n#include "fl_k.h"\nint lib_run(void) { return fl_one(0) + fl_two(); }\n';

describe('one file of many', () => {
  it('has what the entry reaches, and nothing else', () => {
    const text = library({ ...files, 'lib.c': RUN_ONE });
    expect(text).toContain('k/one.c');
    expect(text).not.toMatch(/fl_two|fl_unused|k\/two\.c/);
  });

  it('makes everything static but the functions of the entry', () => {
    const text = library({ ...files, 'lib.c': RUN_BOTH });
    expect(text).toContain('\nint lib_run(void)');
    expect(text).toContain('/* One. */\nstatic FL_KERNEL int fl_one(const fl_any_int32 *x);');
    expect(text).toContain('static const int fl_table[2] =');
    expect(text).not.toContain('extern');
  });

  it('puts tables before those that read them', () => {
    const text = library({ ...files, 'lib.c': RUN_ONE });
    expect(text.indexOf('fl_table[2] =')).toBeLessThan(text.indexOf('return fl_table[0]'));
  });

  it('tells apart what two files call alike', () => {
    const text = library({ ...files, 'lib.c': RUN_BOTH });
    expect(text).toContain('return one_help() + *x;');
    expect(text).toContain('return two_help();');
    expect(library({ ...files, 'lib.c': RUN_ONE })).toContain('return help() + *x;');
  });

  it('leaves members alone that are called like a renamed function', () => {
    const two = TWO.replace('return help();', 'return help() + (had){.help = {1}, .me = 2}.help[0];');
    const typed = two.replace('static', 'typedef struct {\n  int help[1], me;\n} had;\nstatic');
    const text = library({ ...files, 'k/two.c': typed, 'lib.c': RUN_BOTH });
    expect(text).toContain('typedef struct {\n  int help[1], me;\n} had;');
    expect(text).toContain('return two_help() + (had){.help = {1}, .me = 2}.help[0];');
  });

  it('decides conditions over its own macros and leaves those over the compiler', () => {
    const text = library({
      'model_config.h': '#ifndef MODEL_CONFIG_H\n#define MODEL_CONFIG_H\n#define FL_MODEL_TRAINS 1\n#endif\n',
      'lib.c': `
#include "lib.h"
#include "model_config.h"
#ifndef FL_TRACE
#define FL_TRACE 0
#endif
#if FL_TRACE
static void traced(void) {}
#endif
#if FL_MODEL_TRAINS && !FL_TRACE
static int mode(void) { return 1; }
#else
static int mode(void) { return 2; }
#endif
#if defined(__ARM_FEATURE_DSP)
#include <arm_acle.h>
static int fast(void) { return 1; }
#else
static int fast(void) { return 0; }
#endif
int lib_run(void) { return mode() + fast(); }
`,
    });
    expect(text).not.toMatch(/traced|return 2/);
    expect(text).toContain(
      '#if defined(__ARM_FEATURE_DSP)\n#include <arm_acle.h>\nstatic int fast(void) { return 1; }\n#else',
    );
  });

  it('is refused where a function is missing', () => {
    expect(() => library({ 'k/fl_k.h': HEADER, 'lib.c': RUN_BOTH })).toThrow('no file of the library has it');
  });
});

it('tokens joined are the text', () => {
  const text = `#define A \\\n  1\n/* "x */ const char *s = "/* \\" no */"; // end\n  #if B\nfloat f = 1.5e-3f->x;\n`;
  expect(
    tokensOf(text)
      .map((token) => token.text)
      .join(''),
  ).toBe(text);
});
