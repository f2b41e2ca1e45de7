import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

/** The flash of one board, outside of the board: it stays when the power goes. */
export interface FlashStore {
  /** As it is now. */
  readonly bytes: Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  close(): void;
}

/** Stays as long as the process: for tests and load. */
export class MemoryFlash implements FlashStore {
  constructor(readonly bytes: Uint8Array) {}

  write(offset: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, offset);
  }

  close(): void {}
}

/** Stays in a file; every write of the device is in it before the device goes on. */
export class FileFlash implements FlashStore {
  readonly bytes: Uint8Array;
  private readonly file: number;

  constructor(path: string) {
    this.bytes = new Uint8Array(readFileSync(path));
    this.file = openSync(path, 'r+');
  }

  static create(path: string, content: Uint8Array): FileFlash {
    writeFileSync(path, content);
    return new FileFlash(path);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, offset);
    writeSync(this.file, bytes, 0, bytes.length, offset);
  }

  close(): void {
    closeSync(this.file);
  }
}
