import { at, invariant } from '#libs/base/result';
import type { Conditions } from './conditions';
import { type Declaration, declarationLength, declarationOf, macroOf } from './declaration';
import { type Token, tokensOf, wordsOf } from './tokens';

/** Declarations under an `#if` that the compiler decides. */
export interface Choice {
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly directive: string;
  /** #include <…>, #error and the like. */
  readonly directives: readonly string[];
  readonly items: readonly Item[];
}

export type Item = Declaration | Choice;
export const isChoice = (item: Item): item is Choice => 'branches' in item;

/** A file of C, taken apart at file level. What conditions over our own macros rule out is gone. */
export interface SourceFile {
  readonly path: string;
  readonly isHeader: boolean;
  /** The comment that the file begins with. */
  readonly head: string;
  readonly items: readonly Item[];
  /** Own headers, by name, in order. */
  readonly includes: readonly string[];
  /** Standard headers. */
  readonly standard: readonly string[];
}

/** All declarations of some items, in order. */
export const declarationsOf = (items: readonly Item[]): readonly Declaration[] =>
  items.flatMap((item) =>
    isChoice(item) ? item.branches.flatMap((branch) => declarationsOf(branch.items)) : [item],
  );

const IF = /^\s*#\s*if/;
const BRANCH = /^\s*#\s*(?:else|elif)\b/;
const ELSE_IF = /^\s*#\s*elif\b/;
/** Each file is read once: guards are never defined. */
const GUARD = /_H$/;
const END = /^\s*#\s*endif\b/;

class Reader {
  readonly includes: string[] = [];
  readonly standard: string[] = [];
  head = '';
  /** Of the undecided branch that is being read. */
  private directives: string[] = [];
  private position = 0;
  /** Identifiers of the undecided conditions around. */
  private around: readonly string[] = [];
  private undecided = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly conditions: Conditions,
    private readonly onInclude: (name: string) => void,
  ) {}

  /** Items up to the end, or to the directive that ends a branch. */
  items(): readonly Item[] {
    const items: Item[] = [];
    let comment = '';
    let lines = 0;
    for (let token = this.next; token; token = this.next) {
      if (token.kind === 'directive') {
        if (BRANCH.test(token.text) || END.test(token.text)) return items;
        items.push(...this.directive(token.text, comment));
        comment = '';
      } else if (token.kind === 'space') {
        lines = token.text === '\n' ? lines + 1 : lines;
        if (lines > 1) comment = '';
        this.position++;
      } else if (token.kind === 'comment') {
        if (this.head === '' && items.length === 0 && this.includes.length === 0) this.head = token.text;
        comment = token.text;
        lines = 0;
        this.position++;
      } else {
        items.push(this.declaration(comment));
        comment = '';
      }
    }
    return items;
  }

  private get next(): Token | undefined {
    return this.tokens[this.position];
  }

  private declaration(comment: string): Declaration {
    const length = declarationLength(this.tokens, this.position);
    const tokens = this.tokens.slice(this.position, this.position + length);
    this.position += length;
    return declarationOf(tokens, comment, this.around);
  }

  private directive(text: string, comment: string): readonly Item[] {
    this.position++;
    if (IF.test(text)) return this.condition(text);
    const [, name, value = ''] = /^\s*#\s*define\s+(\w+)(?:\([^)]*\))?\s*([\s\S]*?)\s*$/.exec(text) ?? [];
    if (name !== undefined) {
      if (value === '' && GUARD.test(name)) return [];
      this.conditions.define(name, value, this.undecided === 0);
      return [macroOf(text, comment, this.around)];
    }
    this.otherDirective(text);
    return [];
  }

  private otherDirective(text: string): void {
    const [, own, standard] = /^\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))/.exec(text) ?? [];
    if (own !== undefined) {
      this.includes.push(own);
      this.onInclude(own);
    } else if (this.undecided > 0) this.directives.push(text.trim());
    else if (standard !== undefined) this.standard.push(standard);
    else throw new Error(`a directive that libraries cannot have: ${text.trim()}`);
  }

  private condition(directive: string): readonly Item[] {
    const decided = this.conditions.decide(directive);
    return decided === undefined ? [this.choice(directive)] : this.decided(decided);
  }

  /** The branch that is taken; the other one is read past. */
  private decided(first: boolean): readonly Item[] {
    const taken: Item[] = [];
    for (let isTaken = first, open = true; open; isTaken = !first) {
      if (isTaken) taken.push(...this.items());
      else this.skip();
      const closing = this.closing();
      invariant(!ELSE_IF.test(closing), `#elif after a condition that is decided: ${closing}`);
      open = !END.test(closing);
    }
    return taken;
  }

  private choice(directive: string): Choice {
    const { around, directives } = this;
    const branches: Branch[] = [];
    for (let head = directive; !END.test(head); head = this.closing()) {
      this.around = [...around, ...wordsOf(head)];
      this.directives = [];
      this.undecided++;
      const items = this.items();
      this.undecided--;
      branches.push({ directive: head.trim(), directives: this.directives, items });
    }
    this.around = around;
    this.directives = directives;
    return { branches };
  }

  /** Takes the directive that ended a branch. */
  private closing(): string {
    return at(this.tokens, this.position++).text;
  }

  private skip(): void {
    for (let depth = 0; ; this.position++) {
      const { kind, text } = at(this.tokens, this.position);
      if (kind !== 'directive') continue;
      if (depth === 0 && (BRANCH.test(text) || END.test(text))) return;
      depth += IF.test(text) ? 1 : END.test(text) ? -1 : 0;
    }
  }
}

/** @param onInclude reads the header that is included, before what follows: it may define what conditions ask for */
export function readSource(
  path: string,
  text: string,
  context: { readonly conditions: Conditions; readonly onInclude: (name: string) => void },
): SourceFile {
  const reader = new Reader(tokensOf(text), context.conditions, context.onInclude);
  const items = reader.items();
  const { head, includes, standard } = reader;
  return { path, isHeader: path.endsWith('.h'), head, items, includes, standard };
}
