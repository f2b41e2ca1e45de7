import { invariant } from '#libs/base/result';

/** What the `@words@` of a template stand for. */
export type Fillings = Readonly<Record<string, string>>;

/** A template with its `@words@` filled in. A word that stands alone on its line and is empty takes the line with it. */
export function fillTemplate(template: string, fillings: Fillings): string {
  const valueOf = (word: string): string => {
    const value = fillings[word];
    invariant(value !== undefined, `the template asks for @${word}@`);
    return value;
  };
  return template
    .replace(/^@(\w+)@\n/gm, (line, word: string) => (valueOf(word) === '' ? '' : line))
    .replace(/@(\w+)@/g, (_, word: string) => valueOf(word));
}
