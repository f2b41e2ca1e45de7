import { connect, type Socket } from 'node:net';

/** Where the broker is. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export interface LinkListener {
  opened(): void;
  closed(): void;
  /** Bytes have arrived: take them with `take`. */
  received(): void;
}

const RECONNECT_MS = 500;
/** A device that does not read makes the broker wait, as on a slow line. */
const HIGH_WATER_BYTES = 65_536;

/**
 * The network module on a board's UART: one TCP connection to the broker, opened again whenever it was closed. Bytes pass
 * both ways unread.
 */
export class BrokerLink {
  private socket: Socket | undefined;
  private isOpen = false;
  private isStopped = false;
  private isMuted = false;
  private timer: NodeJS.Timeout | undefined;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;

  constructor(
    private readonly broker: BrokerAddress,
    private readonly listener: LinkListener,
  ) {
    this.open();
  }

  private open(): void {
    const socket = connect({ ...this.broker, noDelay: true });
    this.socket = socket;
    socket.on('connect', () => {
      this.isOpen = true;
      this.listener.opened();
    });
    socket.on('data', (bytes) => this.receive(socket, bytes));
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => this.lost(socket));
  }

  private receive(socket: Socket, bytes: Uint8Array): void {
    if (socket !== this.socket) return;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > HIGH_WATER_BYTES) socket.pause();
    this.listener.received();
  }

  private lost(socket: Socket): void {
    if (socket !== this.socket) return;
    this.socket = undefined;
    this.forget();
    if (this.isOpen) this.listener.closed();
    this.isOpen = false;
    if (!this.isStopped) this.timer = setTimeout(() => this.open(), RECONNECT_MS);
  }

  private forget(): void {
    this.waiting = [];
    this.waitingBytes = 0;
  }

  send(bytes: Uint8Array): boolean {
    if (!this.isOpen) return false;
    if (!this.isMuted) this.socket?.write(bytes);
    return true;
  }

  /** What is sent from now on gets lost on the way. */
  mute(): void {
    this.isMuted = true;
  }

  /** Offers what has arrived, in order; `accept` answers how many bytes it took. */
  take(accept: (bytes: Uint8Array) => number): void {
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const taken = accept(first);
      this.waitingBytes -= taken;
      if (taken < first.length) {
        this.waiting[0] = first.subarray(taken);
        return;
      }
      this.waiting.shift();
    }
    this.socket?.resume();
  }

  get hasWaiting(): boolean {
    return this.waitingBytes > 0;
  }

  /** Closes this connection and opens another at once. */
  reset(): void {
    const old = this.socket;
    if (this.isStopped || !old) return; // without a socket, another is on its way
    this.socket = undefined;
    this.forget();
    this.isOpen = false;
    old.destroySoon();
    this.open();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.socket?.destroy();
    this.socket = undefined;
    this.forget();
    this.isOpen = false;
  }
}
