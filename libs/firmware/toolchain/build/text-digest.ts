import { digestOf } from '#libs/base/bytes';

const utf8 = new TextEncoder();

/** A digest of texts that tells where one ends and the next begins. */
export const textDigest = (...texts: readonly string[]): string =>
  digestOf(utf8.encode(texts.map((text) => `${text.length}:${text}`).join('')));
