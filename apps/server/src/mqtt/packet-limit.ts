import type { Socket } from 'node:net';

const MAX_LENGTH_BYTES = 4;

/**
 * Follows the packets of an MQTT stream by their fixed headers (MQTT 3.1.1, 2.2) and says when one declares more than
 * the limit: Aedes has no such option, and its parser collects a packet of up to 256 MB before it hands it on.
 */
export class PacketLimit {
  private state: 'type' | 'length' | 'body' = 'type';
  private declared = 0;
  private lengthBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** False as soon as a packet is too long or its length malformed; the stream is then to be closed. */
  accepts(chunk: Uint8Array): boolean {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.state === 'body') offset += this.skipBody(chunk.length - offset);
      else if (!this.takeHeader(chunk[offset++] ?? 0)) return false;
    }
    return true;
  }

  private skipBody(available: number): number {
    const skipped = Math.min(available, this.declared);
    this.declared -= skipped;
    if (this.declared === 0) this.state = 'type';
    return skipped;
  }

  private takeHeader(byte: number): boolean {
    if (this.state === 'type') {
      this.state = 'length';
      this.declared = 0;
      this.lengthBytes = 0;
      return true;
    }
    this.declared += (byte & 0x7f) * 128 ** this.lengthBytes++;
    if (this.declared > this.maxBytes) return false;
    if (byte & 0x80) return this.lengthBytes < MAX_LENGTH_BYTES;
    this.state = this.declared > 0 ? 'body' : 'type';
    return true;
  }
}

/** Puts a limit before whoever reads from this socket: what is too long closes it, unread. */
export function limitPackets(socket: Socket, maxBytes: number): void {
  const limit = new PacketLimit(maxBytes);
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  socket.read = (size?: number): Buffer | null => {
    const chunk = read(size);
    if (chunk === null || limit.accepts(chunk)) return chunk;
    socket.destroy(new Error(`an MQTT packet of more than ${maxBytes} bytes`));
    return null;
  };
}
