import type { BufferKind, MemoryMap, PlannedBuffer } from '../../api/memory-map';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface BufferBox extends Size {
  readonly buffer: PlannedBuffer;
  readonly x: number;
  readonly y: number;
}

/** A box for every buffer: kernel calls run to the right, addresses upwards. */
export function bufferBoxes(
  { calls, peakBytes, buffers }: MemoryMap,
  { width, height }: Size,
): readonly BufferBox[] {
  const perCall = width / Math.max(1, calls);
  const perByte = height / Math.max(1, peakBytes);
  return buffers.map((buffer) => ({
    buffer,
    x: buffer.first * perCall,
    y: height - (buffer.offset + buffer.bytes) * perByte,
    width: (buffer.last - buffer.first + 1) * perCall,
    height: buffer.bytes * perByte,
  }));
}

/** Bytes that are taken during each kernel call. */
export function takenByCall({ calls, buffers }: MemoryMap): readonly number[] {
  const taken = Array.from({ length: calls }, () => 0);
  for (const { first, last, bytes } of buffers) {
    for (let call = first; call <= last; call++) taken[call] = (taken[call] ?? 0) + bytes;
  }
  return taken;
}

/** The calls during which the most is taken: `{ call, bytes }` of the first of them. */
export function fullestCall(map: MemoryMap): { readonly call: number; readonly bytes: number } {
  const taken = takenByCall(map);
  const bytes = Math.max(0, ...taken);
  return { call: taken.indexOf(bytes), bytes };
}

/** Bytes of each kind when the arena is fullest. */
export function kindsAt({ buffers }: MemoryMap, call: number): Readonly<Record<BufferKind, number>> {
  const sums: Record<BufferKind, number> = { variable: 0, activation: 0, scratch: 0 };
  for (const { kind, bytes, first, last } of buffers) if (first <= call && call <= last) sums[kind] += bytes;
  return sums;
}

/** Round byte counts for an axis up to `bytes`, about `count` of them. */
export function byteTicks(bytes: number, count = 5): readonly number[] {
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / count)));
  return Array.from({ length: Math.floor(bytes / step) + 1 }, (_, index) => index * step);
}
