import { at } from '#libs/base/result';
import { type Token, wordsOf } from './tokens';

/** What a declaration at file level is. */
export type Form = 'macro' | 'type' | 'prototype' | 'function' | 'object' | 'extern';

/** One declaration at file level. */
export interface Declaration {
  readonly form: Form;
  readonly isStatic: boolean;
  /** What it declares: several for an enumeration. */
  readonly names: readonly string[];
  readonly comment: string;
  readonly text: string;
  /** Every identifier that it mentions, those of the conditions around it included. */
  readonly words: readonly string[];
}

const TYPE_WORDS = new Set(['typedef', 'enum', 'struct', 'union']);
const DEPTH: Readonly<Record<string, number>> = { '{': 1, '(': 1, '[': 1, '}': -1, ')': -1, ']': -1 };

/** A token that means something, and the brackets around it. */
interface Placed {
  readonly text: string;
  readonly isWord: boolean;
  readonly depth: number;
}

function placedTokens(tokens: readonly Token[]): readonly Placed[] {
  let depth = 0;
  const placed: Placed[] = [];
  for (const { kind, text } of tokens) {
    if (kind === 'space' || kind === 'comment' || kind === 'directive') continue;
    const change = DEPTH[text] ?? 0;
    if (change < 0) depth += change;
    placed.push({ text, isWord: kind === 'word', depth });
    if (change > 0) depth += change;
  }
  return placed;
}

/** How many tokens from `start` on are one declaration: up to its semicolon, or to the brace that closes a function. */
export function declarationLength(tokens: readonly Token[], start: number): number {
  let depth = 0;
  let isFunction = false;
  let sawParenthesis = false;
  let sawEquals = false;
  const isType = TYPE_WORDS.has(at(tokens, start).text);
  for (let i = start; i < tokens.length; i++) {
    const { kind, text } = at(tokens, i);
    if (kind === 'comment' || kind === 'directive') continue;
    if (depth === 0) {
      sawParenthesis ||= text === '(';
      sawEquals ||= text === '=';
      if (text === '{') isFunction = sawParenthesis && !sawEquals && !isType;
      if (text === ';') return i + 1 - start;
    }
    depth += DEPTH[text] ?? 0;
    if (text === '}' && depth === 0 && isFunction) return i + 1 - start;
  }
  throw new Error('a declaration does not end');
}

/** Enumerators stand after `{` or `,` directly inside the braces of an enum. */
function enumerators(placed: readonly Placed[]): readonly string[] {
  const start = placed.findIndex(({ text }) => text === 'enum');
  if (start < 0) return [];
  const brace = placed.findIndex(({ text }, i) => i > start && text === '{');
  if (brace < 0) return [];
  const inside = at(placed, brace).depth + 1;
  return placed.flatMap(({ text, isWord, depth }, i) => {
    const before = placed[i - 1]?.text;
    return isWord && i > brace && depth === inside && (before === '{' || before === ',') ? [text] : [];
  });
}

function tags(placed: readonly Placed[]): readonly string[] {
  return placed.flatMap(({ text, isWord }, i) => {
    const isTag = isWord && ['struct', 'union', 'enum'].includes(placed[i - 1]?.text ?? '');
    return isTag && placed[i + 1]?.text === '{' ? [text] : [];
  });
}

/** The words before `[`, `=`, `,` or `;` outside all brackets. */
const declarators = (placed: readonly Placed[]): readonly string[] =>
  placed.flatMap(({ text, isWord, depth }, i) => {
    const next = placed[i + 1];
    return isWord && depth === 0 && next?.depth === 0 && ['[', '=', ',', ';'].includes(next.text)
      ? [text]
      : [];
  });

/** The word before the first parenthesis. */
function functionName(placed: readonly Placed[]): string {
  const parenthesis = placed.findIndex(
    ({ text, depth }, i) => text === '(' && depth === 0 && placed[i - 1]?.text !== '__attribute__',
  );
  return at(placed, parenthesis - 1).text;
}

function formOf(placed: readonly Placed[]): Form {
  const first = at(placed, 0).text;
  const outside = placed.filter(({ depth }) => depth === 0).map(({ text }) => text);
  if (first === 'typedef') return 'type';
  if (TYPE_WORDS.has(first) && !outside.includes('=') && !outside.includes('(')) return 'type';
  if (outside.includes('(') && !outside.includes('='))
    return outside.at(-1) === ';' ? 'prototype' : 'function';
  return first === 'extern' ? 'extern' : 'object';
}

function namesOf(form: Form, placed: readonly Placed[]): readonly string[] {
  if (form === 'function' || form === 'prototype') return [functionName(placed)];
  if (form === 'type') return [...declarators(placed), ...tags(placed), ...enumerators(placed)];
  return declarators(placed).slice(0, 1);
}

/** @param around the identifiers of the conditions that it stands under */
export function declarationOf(
  tokens: readonly Token[],
  comment: string,
  around: readonly string[],
): Declaration {
  const placed = placedTokens(tokens);
  const text = tokens.map((token) => token.text).join('');
  const form = formOf(placed);
  return {
    form,
    isStatic: at(placed, 0).text === 'static',
    names: namesOf(form, placed),
    comment,
    text,
    words: [...wordsOf(text), ...around],
  };
}

/** `#define NAME …` */
export function macroOf(directive: string, comment: string, around: readonly string[]): Declaration {
  const text = directive.trim();
  const [name = '', ...words] = wordsOf(text);
  return { form: 'macro', isStatic: true, names: [name], comment, text, words: [...words, ...around] };
}
