import { createHash, timingSafeEqual } from 'node:crypto';

/** `<token id>.<secret>`: the id finds the row, so that the secret is compared with one digest and never looked up. */
export const formatToken = (id: string, secret: string): string => `${id}.${secret}`;

export function parseToken(token: string): { readonly id: string; readonly secret: string } | undefined {
  const [id, secret, ...rest] = token.split('.');
  return id && secret && rest.length === 0 ? { id, secret } : undefined;
}

/** SHA-256 in hexadecimal: enough for secrets of 192 bits and more, which can't be guessed. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** In a time that does not depend on where the two differ. */
export const isSecretOf = (secret: string, secretHash: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(secretHash));
