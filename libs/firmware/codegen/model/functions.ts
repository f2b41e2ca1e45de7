/** One C function of the model's interface, written from the blocks of its calls. */
export interface FunctionParts {
  readonly head: string;
  /** Names of the parameters, so that unused ones can be said to be unused. */
  readonly parameters: readonly string[];
  readonly blocks: readonly string[];
}

const mentions = (text: string, word: string): boolean =>
  new RegExp(`\\b${word}\\b`).test(text.replace(/\/\*[\s\S]*?\*\//g, ''));

export function functionText({ head, parameters, blocks }: FunctionParts): string {
  const body = blocks.join('\n');
  const unused = parameters.filter((parameter) => !mentions(body, parameter));
  return [
    `${head} {`,
    ...unused.map((parameter) => `  (void)${parameter};`),
    ...(body === '' ? [] : [body]),
    '}',
  ].join('\n');
}

/** A comment and, where there are statements, a block of them. */
export function blockText(comment: readonly string[], statements: readonly string[]): string {
  const [first = '', ...rest] = comment;
  const note =
    rest.length === 0
      ? [`  /* ${first} */`]
      : [`  /* ${first}`, ...rest.map((line) => `   * ${line}`), '   */'];
  if (statements.length === 0) return note.join('\n');
  const code = statements.map((statement) => statement.replace(/^/gm, '    '));
  return [...note, '  {', ...code, '  }'].join('\n');
}
