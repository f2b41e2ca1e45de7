/** The words of a C text, as far as moving declarations about needs them. Joined again, tokens are the text. */
export type TokenKind = 'space' | 'comment' | 'directive' | 'word' | 'other';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** In this order: a directive begins a line, a word is no part of a number, a quote opens a literal. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['directive', /(?<=^|\n)[ \t]*#(?:\\\n|[^\n])*/y],
  ['space', /\n|[^\S\n]+/y],
  ['comment', /\/\*[\s\S]*?\*\/|\/\/[^\n]*/y],
  ['other', /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y],
  ['word', /[A-Za-z_]\w*/y],
  ['other', /\.?\d(?:[eEpP][+-]|[\w.])*|->|[\s\S]/y],
];

function tokenAt(text: string, position: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found) return { kind, text: found[0] };
  }
  throw new RangeError(`position ${position} is outside the text`);
}

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let position = 0; position < text.length;) {
    const token = tokenAt(text, position);
    tokens.push(token);
    position += token.text.length;
  }
  return tokens;
}

/** All identifiers of a C text, those of its directives included. */
export function wordsOf(text: string): readonly string[] {
  return tokensOf(text).flatMap(({ kind, text: part }) => {
    if (kind === 'directive') return wordsOf(part.replace(/^\s*#\s*\w+/, ''));
    return kind === 'word' ? [part] : [];
  });
}

/** The closest neighbours of an identifier that are no space and no comment. */
export interface Near {
  readonly before: string;
  readonly after: string;
}

type Change = (word: string, near: Near) => string;

/** The text with every identifier as `change` wants it. */
export function changeWords(text: string, change: Change): string {
  const tokens = tokensOf(text);
  const solid = (from: number, step: 1 | -1): string => {
    for (let i = from; i >= 0 && i < tokens.length; i += step) {
      const token = tokens[i];
      if (token && token.kind !== 'space' && token.kind !== 'comment') return token.text;
    }
    return '';
  };
  return tokens
    .map((token, i) => {
      if (token.kind === 'directive') return changeDirective(token.text, change);
      if (token.kind !== 'word') return token.text;
      return change(token.text, { before: solid(i - 1, -1), after: solid(i + 1, 1) });
    })
    .join('');
}

function changeDirective(text: string, change: Change): string {
  const [head = ''] = /^\s*#\s*\w+/.exec(text) ?? [];
  return head + changeWords(text.slice(head.length), change);
}
