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

function noteText([first = '', ...rest]: readonly string[]): readonly string[] {
  return rest.length === 0
    ? [`  /* ${first} */`]
    : [`  /* ${first}`, ...rest.map((line) => `   * ${line}`), '   */'];
}

/** One of several blocks of which a loop runs one each time. */
export interface CaseText {
  readonly comment: readonly string[];
  readonly statements: readonly string[];
}

/** `switch (next)`: a case each, from 0 on. */
export function casesText(cases: readonly CaseText[]): string {
  const blocks = cases.map(({ comment, statements }, number) => {
    const code = [...statements, 'break;'].map((statement) => statement.replace(/^/gm, '    '));
    return [...noteText(comment), `  case ${number}: {`, ...code, '  }'].join('\n');
  });
  return ['switch (next) {', ...blocks, '}'].join('\n');
}

/** A comment and, where there are statements, a block of them. */
export function blockText(comment: readonly string[], statements: readonly string[]): string {
  const note = noteText(comment);
  if (statements.length === 0) return note.join('\n');
  const code = statements.map((statement) => statement.replace(/^/gm, '    '));
  return [...note, '  {', ...code, '  }'].join('\n');
}
