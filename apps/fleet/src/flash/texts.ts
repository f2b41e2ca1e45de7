import { type ByteReader, type ByteWriter } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';

/** A text in a field of `room` bytes, ended and filled with 0. */
export function writeText(writer: ByteWriter, text: string, room: number): void {
  const bytes = new TextEncoder().encode(text);
  invariant(bytes.length < room && !bytes.includes(0), `"${text}" has to fit into ${room - 1} bytes`);
  writer.bytes(bytes);
  writer.bytes(new Uint8Array(room - bytes.length));
}

export function readText(reader: ByteReader, room: number): string {
  const bytes = reader.take(room);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? room : end));
}
