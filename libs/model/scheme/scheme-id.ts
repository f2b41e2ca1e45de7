import { ByteReader, sha256 } from '#libs/base/bytes';
import { schemeToJson, type SparseScheme } from './sparse-scheme';

/**
 * A uint32 that names what is trained (the layout of states and deltas): the first four bytes, little-endian, of the
 * SHA-256 of the scheme's JSON with an empty name. Renaming a scheme keeps its id.
 */
export function schemeId(scheme: SparseScheme): number {
  const canonical = schemeToJson({ ...scheme, name: '' });
  return new ByteReader(sha256(new TextEncoder().encode(canonical))).u32();
}
