/** Tables and helper functions that calls need, each written once, in the order in which they were first asked for. */
export class Declarations {
  private readonly texts = new Map<string, string>();

  /** @returns `name` */
  add(name: string, text: () => string): string {
    if (!this.texts.has(name)) this.texts.set(name, text());
    return name;
  }

  all(): readonly string[] {
    return [...this.texts.values()];
  }
}
