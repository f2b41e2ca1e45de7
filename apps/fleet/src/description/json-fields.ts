/** Reads untrusted JSON field by field; the first thing that is wrong is thrown and says where it is. */
export class BadDescription extends Error {}

export class JsonFields {
  private constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly where: string,
  ) {}

  static of(value: unknown, where: string): JsonFields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new JsonFields(value as Record<string, unknown>, where);
    }
    throw new BadDescription(`${where} must be an object`);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  private refuse(name: string, wanted: string): never {
    throw new BadDescription(`${this.where}.${name} must be ${wanted}`);
  }

  text(name: string, pattern = /^[^\0]+$/): string {
    const value = this.fields[name];
    return typeof value === 'string' && pattern.test(value)
      ? value
      : this.refuse(name, `a text like ${pattern}`);
  }

  number(name: string): number {
    const value = this.fields[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : this.refuse(name, 'a number');
  }

  count(name: string): number {
    const value = this.number(name);
    return Number.isInteger(value) && value >= 0 ? value : this.refuse(name, 'a whole number');
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const chosen = choices.find((choice) => choice === this.fields[name]);
    return chosen ?? this.refuse(name, `one of ${choices.join(', ')}`);
  }

  object(name: string): JsonFields {
    return JsonFields.of(this.fields[name], `${this.where}.${name}`);
  }

  list(name: string): readonly JsonFields[] {
    const value = this.fields[name];
    if (!Array.isArray(value)) return this.refuse(name, 'a list');
    return value.map((each: unknown, i) => JsonFields.of(each, `${this.where}.${name}[${i}]`));
  }

  isText(name: string): boolean {
    return typeof this.fields[name] === 'string';
  }
}
