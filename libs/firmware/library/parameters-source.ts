const PER_LINE = 24;

/** Bytes as the elements of a C array. */
export function arrayLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += PER_LINE) {
    lines.push(`  ${[...bytes.subarray(i, i + PER_LINE)].join(', ')},`);
  }
  return lines.join('\n');
}
