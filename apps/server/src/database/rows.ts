/**
 * Between SQLite's 64-bit columns and numbers. Wire integers are uint32, which Prisma's 32-bit Int can't hold,
 * so their columns are BigInt; every one is below 2^53.
 */
export const fromBigInt = (value: bigint): number => Number(value);
export const fromOptionalBigInt = (value: bigint | null): number | undefined =>
  value === null ? undefined : Number(value);
export const toOptionalBigInt = (value: number | undefined): bigint | null =>
  value === undefined ? null : BigInt(value);

/** A nullable column as an optional property. */
export const orUndefined = <T>(value: T | null): T | undefined => value ?? undefined;
