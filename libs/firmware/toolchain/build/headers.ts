import { textDigest } from './text-digest';

const INCLUDE = /^#include "([^"]+)"/gm;

/**
 * The headers that our own C can include, by name. An object depends on those that its source reaches, and on no other: a
 * file that never includes the model's configuration serves every model.
 */
export class Headers {
  constructor(private readonly texts: ReadonlyMap<string, string>) {}

  /** Names of all headers that `source` includes, directly or not, sorted. */
  reachedFrom(source: string): readonly string[] {
    const reached = new Set<string>();
    const open = [source];
    for (let text = open.pop(); text !== undefined; text = open.pop()) {
      for (const [, name = ''] of text.matchAll(INCLUDE)) {
        const header = this.texts.get(name);
        if (header === undefined || reached.has(name)) continue;
        reached.add(name);
        open.push(header);
      }
    }
    return [...reached].sort();
  }

  /** Whether `source` or a header that it reaches has the word. */
  mentions(source: string, word: string): boolean {
    return (
      source.includes(word) || this.reachedFrom(source).some((name) => this.texts.get(name)?.includes(word))
    );
  }

  /** One digest of everything that `source` includes. */
  digestFor(source: string): string {
    return textDigest(...this.reachedFrom(source).flatMap((name) => [name, this.texts.get(name) ?? '']));
  }
}
