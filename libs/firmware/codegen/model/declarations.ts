/** Tables and helper functions that calls need, each written once, in the order in which they were first asked for. */
export class Declarations {
  private readonly texts = new Map<string, string>();
  private readonly shared = new Map<string, string>();

  /** @returns `name` */
  add(name: string, text: () => string): string {
    if (!this.texts.has(name)) this.texts.set(name, text());
    return name;
  }

  /**
   * A table that belongs to no operator: equal ones are one.
   * @param type C type of the table, or of its elements
   * @param value `{...}`, with `[n]` before it for an array
   * @returns its name
   */
  share(type: string, prefix: string, { size = '', value }: SharedValue): string {
    const key = `${type}${size} ${value}`;
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const name = `fl_${prefix}_${this.shared.size}`;
    this.shared.set(key, name);
    return this.add(name, () => `static const ${type} ${name}${size} = ${value};`);
  }

  all(): readonly string[] {
    return [...this.texts.values()];
  }
}

export interface SharedValue {
  /** `[n]` of an array. */
  readonly size?: string;
  readonly value: string;
}
