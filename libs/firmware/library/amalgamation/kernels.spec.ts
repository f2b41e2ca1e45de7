import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLibraryTemplate } from '../c-library';
import { amalgamate } from './amalgamate';

const KERNELS = join(__dirname, '../../../../firmware-templates/kernels');
const texts = new Map(
  readdirSync(KERNELS)
    .map((name) => [`kernels/${name}`, readFileSync(join(KERNELS, name), 'utf8')] as const)
    .filter(([path]) => isLibraryTemplate(path)),
);
/** Every function that a kernel's file shares, by the prototypes of the headers. */
const functions = [...texts]
  .filter(([path]) => path.endsWith('.h'))
  .flatMap(([, text]) =>
    [...text.matchAll(/^(?!static|typedef)\w+ \*?(fl_\w+)\(/gm)].map(([, name = '']) => name),
  );

const hasGcc = spawnSync('gcc', ['--version']).status === 0;
const describeC = hasGcc ? describe : describe.skip;

describeC(`all kernels in one file${hasGcc ? '' : ' (skipped: no gcc)'}`, () => {
  const entry = [
    '#include "all.h"\n#include "fl_kernels.h"\n#include "fl_fixed.h"',
    'typedef void (*kernel)(void);',
    `kernel all_kernels(int i) {\n  static const kernel all[] = {${functions.map((name) => `(kernel)${name}`).join(', ')}};`,
    '  return all[i];\n}\n',
  ].join('\n');
  const header = 'void (*all_kernels(int i))(void);\n';
  const text = amalgamate({
    texts: new Map([...texts, ['all.c', entry], ['all.h', header]]),
    entry: 'all.c',
    interface: 'all.h',
  });

  it('have one definition each, and no clash', () => {
    expect(functions.length).toBeGreaterThan(20);
    for (const name of functions) expect(text).toContain(` ${name}(`);
  });

  it('are clean', () => {
    const flags = [
      '-std=c99',
      '-Wall',
      '-Wextra',
      '-Wconversion',
      '-Werror',
      '-pedantic',
      '-O2',
      '-fsyntax-only',
    ];
    const input = `${header}${text}`;
    const says = spawnSync('gcc', [...flags, '-x', 'c', '-'], { input, encoding: 'utf8' });
    expect(says.stderr).toBe('');
  });
});
