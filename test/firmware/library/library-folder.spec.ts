import { toHex } from '#libs/base/bytes';
import { cName, type LibraryFile } from '#libs/firmware/library';
import { INFERENCE, TRAINING } from './samples';
import { filesOf, type Sample, templates } from './take-home';

const SAMPLES: Readonly<Record<string, Sample>> = { ...INFERENCE, ...TRAINING };

function textIn(files: readonly LibraryFile[], path: string): string {
  const content = files.find((file) => file.path === path)?.content;
  if (typeof content !== 'string') throw new Error(`the folder has no text ${path}`);
  return content;
}

describe.each(Object.entries(SAMPLES))('the folder of a library (%s)', (_, sample) => {
  const files = filesOf(sample);
  const name = cName(sample.model.facts.name);

  it('is the same for the same model', () => expect(filesOf(sample)).toEqual(files));

  it('has what Zephyr and Arduino look for', () => {
    const zephyr = textIn(files, 'zephyr/CMakeLists.txt');
    const sources = [...zephyr.matchAll(/LIST_DIR\}\/\.\.\/(\S+\.c)/g)].map(([, source = '']) => source);
    expect(sources).toHaveLength(2);
    for (const source of sources) textIn(files, source);
    expect(textIn(files, 'zephyr/module.yml')).toContain(`name: ${name}\n`);
    expect(textIn(files, 'zephyr/Kconfig')).toMatch(new RegExp(`^config ${name.toUpperCase()}\\n\\tbool "`));
    expect(textIn(files, 'library.properties')).toContain(`includes=${name}.h\n`);
    const sketches = files.flatMap(({ path }) => /^examples\/(\w+)\/\1\.ino$/.exec(path)?.[1] ?? []);
    expect(sketches).toHaveLength(1);
  });

  it('leaves no blank of a template open and takes nothing hostile from names', () => {
    for (const { path, content } of files) {
      if (typeof content !== 'string') continue;
      expect([path, /@\w+@/.exec(content)]).toEqual([path, null]);
      expect(content).not.toContain('"fl_model"');
    }
  });

  it('says its sizes', () => {
    const { arenaBytes, parameterBytes } = sample.model.facts;
    expect(textIn(files, `src/${name}.h`)).toContain(`_ARENA_BYTES ${arenaBytes}u\n`);
    const page = textIn(files, 'README.md');
    for (const bytes of [arenaBytes, parameterBytes]) expect(page).toContain(bytes.toLocaleString('en-US'));
  });

  it('holds the parameters as they are, twice', () => {
    const array = /= \{\n([\d,\s]+)\};/.exec(textIn(files, `src/${name}_parameters.c`))?.[1] ?? '';
    expect(toHex(Uint8Array.from(array.match(/\d+/g) ?? [], Number))).toBe(toHex(sample.parameters));
    expect(files.find(({ path }) => path === 'parameters.bin')?.content).toEqual(sample.parameters);
  });

  it('has no floating point, no heap and no trace in its source', () => {
    const code = textIn(files, `src/${name}.c`).replace(/\/\*[\s\S]*?\*\//g, '');
    expect(code).not.toMatch(/\b(float|double|malloc|free|printf|FL_AFTER_CALL)\b/);
  });
});

it('the page says what a build for a board took, where there was one', () => {
  const measured = { board: 'STM32F746G-DISCO', flashBytes: 65_432, stackBytes: 712 };
  const page = textIn(filesOf(INFERENCE['a classifier'], measured), 'README.md');
  expect(page).toContain('65,432 bytes, built for STM32F746G-DISCO');
  expect(page).toContain('712 bytes');
});

it('a model that only runs takes no kernel of training home', () => {
  const source = textIn(filesOf(INFERENCE['a classifier']), 'src/kws_digits.c');
  expect(source).toContain('kernels/depthwise_conv2d_s8.c');
  expect(source).not.toMatch(/fl_(spread_plane|head_update|softmax_cross_entropy|step_size)/);
});

it('a library is made of kernels, a part of the runtime and its own templates', () => {
  const folders = new Set([...templates.keys()].map((path) => path.slice(0, path.indexOf('/'))));
  expect([...folders].sort()).toEqual(['kernels', 'library', 'runtime']);
});
