/**
 * The CBOR subset of PROTOCOL.md rule 4: unsigned and negative integers of 32 bits, byte and text strings, arrays and
 * maps with ascending unsigned keys, all of definite length and in the shortest form, at most three levels.
 *
 * Every value has exactly one encoding, so decode-then-encode gives the same bytes. Work and memory of decoding are
 * linear in the payload, which is at most 1,280 bytes.
 */
export { encodeCbor } from './cbor-encode';
export { decodeCbor } from './cbor-decode';
export type { CborMap, CborValue } from './cbor-value';
