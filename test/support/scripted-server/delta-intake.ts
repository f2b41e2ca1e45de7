import { sha256, equalBytes } from '#libs/base/bytes';
import { type Ack, type DeltaPiece, Status, type TrainedResult } from '#libs/fleet/protocol';

/** The server's side of one upload: collects pieces in order, and says what it has (PROTOCOL.md, "Uploading"). */
export class DeltaIntake {
  private readonly encoded: Uint8Array;
  private have = 0;

  constructor(
    private readonly result: TrainedResult,
    /** The raw delta in an encoding, or undefined if it is none. */
    private readonly decode: (encoded: Uint8Array) => Uint8Array | undefined,
  ) {
    this.encoded = new Uint8Array(result.deltaBytes);
  }

  /** Undefined until it is complete and its digest is right. */
  raw: Uint8Array | undefined;

  get ack(): Ack {
    const { execution, attempt } = this.result;
    return { execution, attempt, status: this.status, haveBytes: this.have };
  }

  private get status(): number {
    if (this.have < this.encoded.length) return Status.ok;
    return this.raw ? Status.stored : Status.wrongDigest;
  }

  take({ offset, bytes }: DeltaPiece): void {
    if (offset !== this.have || offset + bytes.length > this.encoded.length) return;
    this.encoded.set(bytes, offset);
    this.have += bytes.length;
    if (this.have < this.encoded.length) return;
    const raw = this.decode(this.encoded);
    if (raw && equalBytes(sha256(raw), this.result.deltaDigest)) this.raw = raw;
  }
}
