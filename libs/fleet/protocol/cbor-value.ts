export const UINT32_MAX = 0xffffffff;
export const INT32_MIN = -0x80000000;

export type CborMap = ReadonlyMap<number, CborValue>;
/** A number is an integer from INT32_MIN to UINT32_MAX. */
export type CborValue = number | string | Uint8Array | readonly CborValue[] | CborMap;

export const CborMajor = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const;
