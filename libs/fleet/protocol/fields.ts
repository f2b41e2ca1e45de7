import { invariant } from '#libs/base/result';
import { refuse } from './faults';
import { UINT32_MAX, type CborMap, type CborValue } from './cbor-value';
import { DIGEST_BYTES } from './limits';

/**
 * One key of a message: how its value is read from CBOR and written to it. Reading refuses (`Malformed`) what is out of
 * range; writing asserts, because the value is ours.
 */
export interface Field<T> {
  readonly key: number;
  readonly optional: false;
  read(value: CborValue): T;
  write(value: T): CborValue;
}

export interface OptionalField<T> extends Omit<Field<T>, 'optional'> {
  readonly optional: true;
}

/** A key that may be absent. */
export const optional = <T>(field: Field<T>): OptionalField<T> => ({ ...field, optional: true });

interface Range {
  readonly least: number;
  readonly most: number;
}

/** A field whose value is the same in CBOR and in the domain, and must satisfy `check` in both directions. */
function plain<T extends CborValue>(
  key: number,
  is: (value: CborValue) => value is T,
  check: (value: T) => string | undefined,
): Field<T> {
  return {
    key,
    optional: false,
    read(value) {
      if (!is(value)) return refuse('protocol.wrong-type', `key ${key} has another type`);
      const why = check(value);
      return why === undefined ? value : refuse('protocol.out-of-range', `key ${key}: ${why}`);
    },
    write(value) {
      const why = check(value);
      invariant(why === undefined, `key ${key}: ${why}`);
      return value;
    },
  };
}

const isNumber = (value: CborValue): value is number => typeof value === 'number';
const isText = (value: CborValue): value is string => typeof value === 'string';
const isBytes = (value: CborValue): value is Uint8Array => value instanceof Uint8Array;
const isArray = (value: CborValue): value is readonly CborValue[] => Array.isArray(value);

const outside = (value: number, { least, most }: Range): string | undefined =>
  Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `${value} is not in ${least}..${most}`;

/** An integer in `least..most`; the type parameter may be a branded number. */
export const int = <T extends number = number>(key: number, range: Range): Field<T> =>
  plain<T>(key, isNumber as (value: CborValue) => value is T, (value) => outside(value, range));

/** An unsigned integer up to `most` (2^32-1 unless told). */
export const uint = <T extends number = number>(key: number, most = UINT32_MAX): Field<T> =>
  int<T>(key, { least: 0, most });

/** A byte string whose length is in `least..most`. */
export const bytes = (key: number, range: Range): Field<Uint8Array> =>
  plain<Uint8Array>(key, isBytes, (value) => lengthFault(value.length, range));

/** A byte string of exactly `length` bytes. */
export const fixedBytes = (key: number, length: number): Field<Uint8Array> =>
  bytes(key, { least: length, most: length });

/** A SHA-256. */
export const digest = (key: number): Field<Uint8Array> => fixedBytes(key, DIGEST_BYTES);

/** A SHA-256, or empty for none. */
export const digestOrNone = (key: number): Field<Uint8Array> =>
  plain<Uint8Array>(key, isBytes, ({ length }) =>
    length === 0 || length === DIGEST_BYTES ? undefined : `${length} bytes, neither 0 nor ${DIGEST_BYTES}`,
  );

const utf8 = new TextEncoder();

/** Text of at most `most` bytes of UTF-8. */
export const text = (key: number, most: number): Field<string> =>
  plain<string>(key, isText, (value) => lengthFault(utf8.encode(value).length, { least: 0, most }));

/** Text that matches `pattern`; the type parameter may be a branded string. */
export const pattern = <T extends string = string>(key: number, shape: RegExp): Field<T> =>
  plain<T>(key, isText as (value: CborValue) => value is T, (value) =>
    shape.test(value) ? undefined : `is not ${shape}`,
  );

const lengthFault = (length: number, { least, most }: Range): string | undefined =>
  length >= least && length <= most ? undefined : `${length} bytes, not ${least}..${most}`;

/** A key that tells a variant apart: always `wire` in CBOR, always `name` in the domain. */
export const constant = <Name extends string>(key: number, wire: number, name: Name): Field<Name> => ({
  key,
  optional: false,
  read: (value) => (value === wire ? name : refuse('protocol.out-of-range', `key ${key} is not ${wire}`)),
  write: () => wire,
});

/** One of a table of names, by its number. */
export const choice = <Name extends string>(
  key: number,
  table: Readonly<Record<Name, number>>,
): Field<Name> => {
  const names = new Map<CborValue, Name>((Object.keys(table) as Name[]).map((name) => [table[name], name]));
  return {
    key,
    optional: false,
    read: (value) =>
      names.get(value) ?? refuse('protocol.out-of-range', `key ${key} is none of the known numbers`),
    write: (name) => table[name],
  };
};

/** An array of at most `most` items, each read as `item` (whose key is not used). */
export const list = <T>(key: number, most: number, item: Field<T>): Field<readonly T[]> => ({
  key,
  optional: false,
  read(value) {
    if (!isArray(value)) return refuse('protocol.wrong-type', `key ${key} is not an array`);
    if (value.length > most)
      return refuse('protocol.out-of-range', `key ${key}: ${value.length} items, at most ${most}`);
    return value.map((one) => item.read(one));
  },
  write(items) {
    invariant(items.length <= most, `key ${key}: ${items.length} items, at most ${most}`);
    return items.map((one) => item.write(one));
  },
});

/** An array of exactly the numbers of `T`, in the order in which `parts` names them (their keys are not used). */
export const numbers = <T extends object>(
  key: number,
  parts: { readonly [K in keyof T]: Field<number> },
): Field<T> => {
  const table = Object.entries(parts) as [keyof T, Field<number>][];
  return {
    key,
    optional: false,
    read(value) {
      if (!isArray(value) || value.length !== table.length)
        return refuse('protocol.wrong-type', `key ${key} is not an array of ${table.length} numbers`);
      const read = table.map(([name, part], i) => [name, part.read(value[i] as CborValue)] as const);
      return Object.fromEntries(read) as T;
    },
    write: (value) => table.map(([name, part]) => part.write(value[name] as number)),
  };
};

/** The value of `key`, or a refusal. */
export function required(map: CborMap, key: number): CborValue {
  return map.get(key) ?? refuse('protocol.missing-key', `key ${key} is missing`);
}
