import { err, ok, type Result } from '#libs/base/result';
import { decodeCbor, encodeCbor, type CborMap, type CborValue } from './cbor';
import { Malformed, type ProtocolFault } from './faults';
import { required, type Field, type OptionalField } from './fields';

/** A field for every property of `T`, optional where the property is. */
export type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? OptionalField<NonNullable<T[K]>> : Field<T[K]>;
};

/** A message, or one variant of it: a map whose keys are listed in one table. */
export interface RecordCodec<T> {
  /** Throws `Malformed`; unknown keys are skipped. */
  readonly read: (map: CborMap) => T;
  readonly write: (message: T) => CborMap;
}

type AnyField = Field<unknown> | OptionalField<unknown>;

export function record<T extends object>(fields: Fields<T>): RecordCodec<T> {
  const table = Object.entries(fields) as [keyof T, AnyField][];
  return {
    read(map) {
      const message: Partial<Record<keyof T, unknown>> = {};
      for (const [name, field] of table) {
        if (field.optional && !map.has(field.key)) continue;
        message[name] = field.read(required(map, field.key));
      }
      return message as T;
    },
    write(message) {
      const map = new Map<number, CborValue>();
      for (const [name, field] of table) {
        const value: unknown = message[name];
        if (value !== undefined) map.set(field.key, field.write(value));
      }
      return map;
    },
  };
}

export const encodeRecord = <T>(codec: RecordCodec<T>, message: T): Uint8Array =>
  encodeCbor(codec.write(message));

/** `read` over the map in `payload`, its refusals as values. */
export function decodeRecord<T>(payload: Uint8Array, read: (map: CborMap) => T): Result<T, ProtocolFault> {
  const map = decodeCbor(payload);
  if (!map.ok) return map;
  try {
    return ok(read(map.value));
  } catch (thrown) {
    if (thrown instanceof Malformed) return err(thrown.reason);
    throw thrown;
  }
}
