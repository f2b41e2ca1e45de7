import { execFileSync } from 'node:child_process';
import { at } from '#libs/base/result';
import { INFERENCE, inferenceSample, TRAINING, twoInputsGraph } from './samples';
import { COMPILERS, describeWith, filesOf, STRICT, symbolsOf, takenHome, withHome } from './take-home';

jest.setTimeout(120_000);

/** What compilers call by themselves. */
const HELPERS = /^(memcpy|memset|memmove|__aeabi_\w+|__c[lt]zsi2|__\w+di3|_GLOBAL_OFFSET_TABLE_)$/;
const SAMPLES = { ...INFERENCE, ...TRAINING };
const NAMES = Object.keys(SAMPLES) as (keyof typeof SAMPLES)[];
/** The build files of a library say nothing of its model, only whether it trains. */
const ONE_A_MODE = ['a classifier', 'a sparse scheme'] as const satisfies typeof NAMES;
const homeOf = takenHome(SAMPLES);

const foreign = (object: string): readonly string[] =>
  symbolsOf(object, '-u').filter((name) => !HELPERS.test(name));

for (const compiler of COMPILERS)
  describeWith([compiler, 'nm'], `a library compiled with ${compiler}`, () => {
    it.each(NAMES)('is clean, exports its own names and needs no library: %s', (which) => {
      const home = homeOf(which);
      const objects = home.objects(compiler, ['-O2', '-ffreestanding']);
      const exported = objects.flatMap((object) => symbolsOf(object, '-g', '--defined-only'));
      expect(exported.length).toBeGreaterThan(3);
      expect(exported.filter((name) => !name.startsWith(`${home.name}_`))).toEqual([]);
      expect(foreign(at(objects, 0))).toEqual([`${home.name}_parameters`]);
    });
  });

describeWith(['arm-none-eabi-gcc', 'nm', 'size'], 'a library compiled for a Cortex-M0+', () => {
  it.each(NAMES)('is clean and has no data that changes: %s', (which) => {
    const home = homeOf(which);
    const objects = home.objects('arm-none-eabi-gcc', ['-mcpu=cortex-m0plus', '-mthumb', '-Os']);
    const sizes = execFileSync('size', [...objects], { encoding: 'utf8' });
    const [, ...rows] = sizes.trim().split('\n');
    for (const row of rows) expect(row.trim().split(/\s+/).slice(1, 3)).toEqual(['0', '0']);
    expect(foreign(at(objects, 0))).toEqual([`${home.name}_parameters`]);
  });
});

describeWith(['arm-none-eabi-gcc', 'arm-none-eabi-objdump'], 'a library compiled for a Cortex-M55', () => {
  const M55 = ['-mcpu=cortex-m55', '-mthumb'];
  const LOOP = /^ *[0-9a-f]+:\t[0-9a-f ]+\t(?:dls|wls|le|dlstp|wlstp|letp)\b/gm;
  const loopsIn = (object: string): number => {
    const options = { encoding: 'utf8', maxBuffer: 1 << 26 } as const;
    const listing = execFileSync('arm-none-eabi-objdump', ['-d', object], options);
    return listing.match(LOOP)?.length ?? 0;
  };

  // GCC 12 gets some of them wrong (amalgamate.ts).
  it.each(['-Os', '-O2', '-O3'])(
    'is clean and has no low-overhead loop, with %s and no other flag',
    (level) => {
      const objects = homeOf('a classifier').objects('arm-none-eabi-gcc', [...M55, level]);
      expect(loopsIn(at(objects, 0))).toBe(0);
    },
  );

  it('would have some otherwise', () => {
    const home = homeOf('a classifier');
    const text = home.read(`src/${home.name}.c`);
    const bare = home.write('test/bare.c', text.replace(/^#pragma GCC optimize.*$/m, ''));
    const object = home.path('test', 'bare.o');
    const flags = [...M55, '-O2', '-I', home.path('src')];
    execFileSync('arm-none-eabi-gcc', [...flags, '-c', bare, '-o', object]);
    expect(loopsIn(object)).toBeGreaterThan(0);
  });
});

describeWith(['gcc'], 'a library', () => {
  it.each(['model', 'model_config', 'fl_model', 'load', 'depthwise_conv2d_s8', 'int', ''])(
    'is clean whatever the model is called: "%s"',
    (name) => {
      const sample = inferenceSample({ ...twoInputsGraph(), name });
      expect(withHome(sample, (home) => home.objects('gcc'))).toHaveLength(2);
    },
  );
});

describeWith(['g++'], 'in C++', () => {
  it.each(NAMES)('the header can be included: %s', (which) => {
    const home = homeOf(which);
    const text = `#include "${home.name}.h"\nstatic ${home.prefix}_ARENA(arena);\nvoid *use() { return arena; }\n`;
    const file = home.write('test/header.cpp', text);
    const flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-I', home.path('src')];
    expect(execFileSync('g++', [...flags, file], { encoding: 'utf8' })).toBe('');
  });
});

/** What the sketches use of Arduino. */
const ARDUINO = `
struct Port { void begin(long) {} template <class T> void print(T) {} template <class T> void println(T) {} } Serial;
static inline unsigned long micros() { return 0; }
static inline void delay(unsigned long) {}
`;

describeWith(['g++'], 'the sketch for Arduino', () => {
  it.each(NAMES)('is C++: %s', (which) => {
    const home = homeOf(which);
    const sketch = filesOf(SAMPLES[which]).find(({ path }) => path.endsWith('.ino'));
    const file = home.write('test/sketch.cpp', `${ARDUINO}${String(sketch?.content)}`);
    const flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-I', home.path('src')];
    expect(execFileSync('g++', [...flags, file], { encoding: 'utf8' })).toBe('');
  });
});

describeWith(['gcc'], 'the example', () => {
  it.each(NAMES)('runs, and prints the same every time: %s', (which) => {
    const program = homeOf(which).program('gcc', homeOf(which).read('examples/main.c'), ['-O1']);
    const [first, second] = [1, 2].map(() => execFileSync(program, { encoding: 'utf8' }));
    expect(first).toMatch(/^(output 0:( -?\d+)+\n|pass 1: mean loss \d+)/);
    expect(second).toBe(first);
    // What it is shown is learnt in five passes.
    if (which === 'a sparse scheme') expect(first).toMatch(/^pass 5: .* 10 of 10 right$/m);
  });
});

describeWith(['cmake', 'gcc'], 'CMake', () => {
  it.each(ONE_A_MODE)('builds the library and the example: %s', (which) => {
    const home = homeOf(which);
    execFileSync('cmake', ['-S', home.root, '-B', home.path('build')], { stdio: 'pipe' });
    execFileSync('cmake', ['--build', home.path('build')], { stdio: 'pipe' });
    const example = home.path('build', `${home.name}_example`);
    expect(execFileSync(example, { encoding: 'utf8' })).toMatch(/^(output|pass)/);
  });
});

describeWith(['gcc'], 'one program', () => {
  /** The second library's parameters are an array of another name, as the whole build is told. */
  it('holds two libraries, and one of them reads its parameters elsewhere', () => {
    const [first, second] = [homeOf('a sparse scheme'), homeOf('two inputs and outputs')];
    const main = `
#include <stdio.h>
#include "${first.name}.h"
#include "${second.name}.h"
static ${first.prefix}_ARENA(arena);
static ${second.prefix}_ARENA(other);
int main(void) {
  ${first.name}_load(arena);
  ${second.name}_run(other);
  const int fits = ${second.name}_parameters_fit(${second.prefix}_PARAMETERS, ${second.prefix}_PARAMETER_BYTES) == 1 &&
                   ${second.name}_parameters_fit(${first.name}_parameters, ${first.prefix}_PARAMETER_BYTES) == 0;
  puts(fits ? "both" : "neither");
  return 0;
}
`;
    const array = second.read(`src/${second.name}_parameters.c`);
    const elsewhere = second.write(
      'test/elsewhere.c',
      array.replace(`${second.name}_parameters[`, 'elsewhere['),
    );
    const object = second.path('test', 'elsewhere.o');
    execFileSync('gcc', ['-I', second.path('src'), '-c', elsewhere, '-o', object]);
    const place = second.write('test/place.h', 'extern const unsigned char elsewhere[];\n');
    const flags = ['-I', first.path('src'), '-I', second.path('src'), '-include', place];
    const sources = [first.write('test/both.c', main), ...first.sources, ...second.sources, object];
    const program = first.path('test', 'both');
    execFileSync('gcc', [
      ...STRICT,
      ...flags,
      `-D${second.prefix}_PARAMETERS=elsewhere`,
      ...sources,
      '-o',
      program,
    ]);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('both\n');
  });
});
