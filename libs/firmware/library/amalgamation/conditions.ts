const CONDITION = /^\s*#\s*(if|ifdef|ifndef)\b\s*([\s\S]*?)\s*(?:\/\*[\s\S]*)?$/;
/** Ours, include guards, and what C is not. */
const OURS = /^FL_|_H$|^__cplusplus$/;

/**
 * Which `#if`s are decided when the library is written: those over our own macros (FL_…), as the model's configuration and
 * the headers define them. Conditions on the compiler or the core stay in the text.
 */
export class Conditions {
  private readonly values = new Map<string, string>();
  private readonly open = new Set<string>();

  /** @param certain whether this #define is seen whatever the compiler is */
  define(name: string, value: string, certain: boolean): void {
    if (certain) this.values.set(name, value);
    else this.open.add(name);
  }

  /** Whether the first branch is taken; undefined: the compiler decides. */
  decide(directive: string): boolean | undefined {
    const [, kind, expression = ''] = CONDITION.exec(directive) ?? [];
    if (kind === 'if') return this.any(expression);
    const isDefined = this.isDefined(expression);
    return kind === 'ifndef' && isDefined !== undefined ? !isDefined : isDefined;
  }

  private any(expression: string): boolean | undefined {
    const terms = new Set(expression.split('||').map((term) => this.all(term)));
    if (terms.has(true)) return true;
    return terms.has(undefined) ? undefined : false;
  }

  private all(expression: string): boolean | undefined {
    const factors = new Set(expression.split('&&').map((factor) => this.factor(factor.trim())));
    if (factors.has(false)) return false;
    return factors.has(undefined) ? undefined : true;
  }

  private factor(text: string): boolean | undefined {
    if (text.startsWith('!')) {
      const inner = this.factor(text.slice(1).trim());
      return inner === undefined ? undefined : !inner;
    }
    const [, asked] = /^defined\s*\(?\s*(\w+)\s*\)?$/.exec(text) ?? [];
    if (asked !== undefined) return this.isDefined(asked);
    return /^\w+$/.test(text) ? this.isTrue(text) : undefined;
  }

  private isTrue(word: string): boolean | undefined {
    if (/^\d+$/.test(word)) return Number(word) !== 0;
    if (this.isDefined(word) === false) return false; // as in C: a word that is no macro is 0
    const value = /^(\d+)u?$/i.exec(this.values.get(word) ?? '')?.[1];
    return value === undefined ? undefined : Number(value) !== 0;
  }

  private isDefined(name: string): boolean | undefined {
    if (this.values.has(name)) return true;
    return OURS.test(name) && !this.open.has(name) ? false : undefined;
  }
}
