import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { err, fault, ok, type Result } from '#libs/base/result';
import { reasonOf } from './system-error';

const PIECE_BYTES = 1 << 16;

/**
 * The bytes of a file (or a pipe), refused where it can't be read or has more than `limit`: `/dev/zero` has an end too.
 * Refused: `file.unreadable`, `file.too-large`.
 */
export function readBytes(path: string, limit: number): Result<Uint8Array> {
  try {
    if (statSync(path).isDirectory())
      return err(fault('file.unreadable', `${path} can't be read: it is a directory`));
    const bytes = readUpTo(path, limit + 1);
    if (bytes.length <= limit) return ok(bytes);
    return err(fault('file.too-large', `${path} has more than ${limit} bytes`));
  } catch (error) {
    return err(fault('file.unreadable', `${path} can't be read: ${reasonOf(error)}`));
  }
}

function readUpTo(path: string, most: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const pieces: Uint8Array[] = [];
    let total = 0;
    while (total < most) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, most - total));
      const read = readSync(file, piece);
      if (read === 0) break;
      pieces.push(piece.subarray(0, read));
      total += read;
    }
    return new Uint8Array(Buffer.concat(pieces, total));
  } finally {
    closeSync(file);
  }
}
