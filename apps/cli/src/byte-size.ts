import { err, fault, ok, type Result } from '#libs/base/result';

/** `65536` or `64KB`: bytes, or kilobytes of 1,024 bytes. Refused: `usage`. */
export function parseByteSize(option: string, text: string): Result<number> {
  const [, digits, unit] = /^(\d{1,9})(KB)?$/i.exec(text) ?? [];
  if (digits === undefined)
    return err(fault('usage', `${option} is "${text}", but wanted is a size: 65536 or 64KB`));
  return ok(Number(digits) * (unit === undefined ? 1 : 1024));
}
