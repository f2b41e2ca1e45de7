import { toHex } from '#libs/base/bytes';
import { GOLDEN_DELTAS } from './golden-deltas';
import { GOLDEN_MESSAGES, REFUSED_PAYLOADS } from './golden-messages';

/** A message as JSON: byte strings in hexadecimal. */
export type JsonFields = { readonly [name: string]: unknown };

export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}

export interface MessageVector {
  readonly name: string;
  readonly payload: string;
  readonly fields: JsonFields;
}

/** The text of every file of test/vectors/protocol, by its name. */
export function protocolVectorFiles(): ReadonlyMap<string, string> {
  const vectors = new Map<string, MessageVector[]>();
  for (const { message, name, value, payload } of GOLDEN_MESSAGES) {
    const vector = { name, payload: toHex(payload), fields: toJson(value) as JsonFields };
    vectors.set(message, [...(vectors.get(message) ?? []), vector]);
  }
  const files = new Map([...vectors].map(([message, list]) => [`${message}.json`, jsonText(list)]));
  return files.set('refused.json', jsonText(REFUSED_PAYLOADS));
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;

export interface DeltaVector {
  readonly name: string;
  readonly variables: readonly { readonly kind: string; readonly count: number }[];
  readonly raw: string;
  readonly encoded: string;
}

/** The text of every file of test/vectors/delta, by its name. */
export function deltaVectorFiles(): ReadonlyMap<string, string> {
  const vectors = GOLDEN_DELTAS.map(({ name, layout, raw, encoded }): DeltaVector => ({
    name,
    variables: layout.variables.map(({ kind, count }) => ({ kind, count })),
    raw: toHex(raw),
    encoded: toHex(encoded),
  }));
  return new Map([['deltas.json', jsonText(vectors)]]);
}
