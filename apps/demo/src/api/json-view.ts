/** An answer of the server, read field by field: a field that is not what is expected stops with a clear sentence. */
export class JsonView {
  constructor(
    private readonly value: unknown,
    private readonly place: string,
  ) {}

  text = (key: string): string => this.typed<string>(key, 'string');
  number = (key: string): number => this.typed<number>(key, 'number');
  boolean = (key: string): boolean => this.typed<boolean>(key, 'boolean');

  textOr<T>(key: string, otherwise: T): string | T {
    return this.isAbsent(key) ? otherwise : this.text(key);
  }

  numberOr<T>(key: string, otherwise: T): number | T {
    return this.isAbsent(key) ? otherwise : this.number(key);
  }

  /** The object under `key`. */
  object(key: string): JsonView {
    const field = this.field(key);
    if (typeof field !== 'object' || field === null) throw this.wrong(key, 'an object');
    return new JsonView(field, `${this.place}.${key}`);
  }

  objectOr<T>(key: string, otherwise: T): JsonView | T {
    return this.isAbsent(key) ? otherwise : this.object(key);
  }

  /** The objects of the list under `key`. */
  list(key: string): readonly JsonView[] {
    return new JsonView(this.field(key), `${this.place}.${key}`).items();
  }

  /** The objects of this value, which is a list. */
  items(): readonly JsonView[] {
    if (!Array.isArray(this.value)) throw new Error(`${this.place} is no list`);
    return this.value.map((each: unknown, index) => new JsonView(each, `${this.place}[${index}]`));
  }

  private typed<T>(key: string, type: 'string' | 'number' | 'boolean'): T {
    const field = this.field(key);
    if (typeof field !== type) throw this.wrong(key, `a ${type}`);
    return field as T;
  }

  private isAbsent(key: string): boolean {
    const field = this.field(key);
    return field === undefined || field === null;
  }

  private field(key: string): unknown {
    if (typeof this.value !== 'object' || this.value === null) throw new Error(`${this.place} is no object`);
    return (this.value as Readonly<Record<string, unknown>>)[key];
  }

  private wrong(key: string, wanted: string): Error {
    return new Error(`${this.place}.${key} is ${JSON.stringify(this.field(key))}, expected ${wanted}`);
  }
}
