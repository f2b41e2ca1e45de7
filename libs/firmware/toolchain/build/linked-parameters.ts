import type { SourceFile } from '#libs/firmware/codegen';

const BYTES_PER_LINE = 64;

/** Every byte as an octal escape of three digits: no digit that follows can be taken for a part of it. */
const ESCAPES = Array.from({ length: 256 }, (_, byte) => `\\${byte.toString(8).padStart(3, '0')}`);

/**
 * The parameter image as C, for programs that have it in flash: one string literal, which compilers read ten times as fast
 * as a list of numbers.
 */
export function linkedParameters(image: Uint8Array): SourceFile {
  const lines: string[] = [];
  for (let at = 0; at < image.length; at += BYTES_PER_LINE) {
    let line = '';
    for (const byte of image.subarray(at, at + BYTES_PER_LINE)) line += ESCAPES[byte] ?? '';
    lines.push(`"${line}"`);
  }
  const text = [
    '/* The parameter image (FORMATS.md), in flash. */',
    '#include <stdint.h>',
    'extern const uint8_t fl_linked_parameters[];',
    `const uint8_t fl_linked_parameters[${image.length}] __attribute__((aligned(16))) =`,
    ...lines,
    ';',
    '',
  ].join('\n');
  return { path: 'linked_parameters.c', text };
}
