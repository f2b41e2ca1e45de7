import { mentionedIn } from './c-names';
import { textDigest } from './text-digest';

const INCLUDE = /^#include "([^"]+)"/gm;

interface Header {
  readonly text: string;
  /** Names. */
  readonly includes: readonly string[];
  readonly digest: string;
  /** What its inline functions and macros take from others. */
  readonly mentions: readonly string[];
}

const includedBy = (text: string): readonly string[] =>
  [...text.matchAll(INCLUDE)].map(([, name = '']) => name);

const headerOf = (text: string): Header => ({
  text,
  includes: includedBy(text),
  digest: textDigest(text),
  mentions: mentionedIn(text),
});

/**
 * The headers that our own C can include, by name. An object depends on those that its source reaches, and on no other: a
 * file that never includes the model's configuration serves every model.
 */
export class Headers {
  private readonly headers: ReadonlyMap<string, Header>;

  /** @param others besides `texts`, which hide those of the same name */
  constructor(texts: ReadonlyMap<string, string>, others?: Headers) {
    const own = [...texts].map(([name, text]) => [name, headerOf(text)] as const);
    this.headers = new Map([...(others?.headers ?? []), ...own]);
  }

  /** Names of all headers that `source` includes, directly or not, sorted. */
  reachedFrom(source: string): readonly string[] {
    const reached = new Set<string>();
    const open = [...includedBy(source)];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const header = this.headers.get(name);
      if (header === undefined || reached.has(name)) continue;
      reached.add(name);
      open.push(...header.includes);
    }
    return [...reached].sort();
  }

  /** The names that all headers which `source` includes take from other files. */
  mentionsFor(source: string): readonly string[] {
    return this.reachedFrom(source).flatMap((name) => this.headers.get(name)?.mentions ?? []);
  }

  /** Whether `source` or a header that it reaches has the word. */
  mentions(source: string, word: string): boolean {
    return (
      source.includes(word) ||
      this.reachedFrom(source).some((name) => this.headers.get(name)?.text.includes(word))
    );
  }

  /** One digest of everything that `source` includes. */
  digestFor(source: string): string {
    return textDigest(
      ...this.reachedFrom(source).flatMap((name) => [name, this.headers.get(name)?.digest ?? '']),
    );
  }
}
