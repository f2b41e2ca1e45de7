import { MAX_TEXT_BYTES } from '#libs/fleet/protocol';

/** Text as long as a message may carry, cut between characters: `encodeInto` writes no part of one. */
export function cutText(text: string): string {
  const bytes = new Uint8Array(MAX_TEXT_BYTES);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}
