import { err, fault, ok, type Result } from '#libs/base/result';
import { parseScheme, type SparseScheme } from '#libs/model/scheme';
import { readBytes } from '../files/read-bytes';

/** What a build is to train. */
export type TrainChoice =
  | { readonly kind: 'none' }
  /** The largest scheme that fits. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'scheme'; readonly scheme: SparseScheme };

const MOST_BYTES = 1 << 20;

/**
 * `none`, `auto`, or a file with a scheme as `plan --json` prints it (the whole answer, or its `scheme`).
 * Refused: `file.unreadable`, `scheme.not-json`, `scheme.invalid`, `scheme.unknown-key`.
 */
export function readTrainChoice(text: string): Result<TrainChoice> {
  if (text === 'none' || text === 'auto') return ok({ kind: text });
  const bytes = readBytes(text, MOST_BYTES);
  if (!bytes.ok) return bytes;
  const json = parseJson(text, bytes.value);
  if (!json.ok) return json;
  const scheme = parseScheme(schemeIn(json.value));
  return scheme.ok
    ? ok({ kind: 'scheme', scheme: scheme.value })
    : err(fault(scheme.error.code, `${text}: ${scheme.error.message}`));
}

function parseJson(path: string, bytes: Uint8Array): Result<unknown> {
  try {
    return ok(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is no text';
    return err(fault('scheme.not-json', `${path} holds no JSON: ${why}`));
  }
}

const schemeIn = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'scheme' in json ? json.scheme : json;
