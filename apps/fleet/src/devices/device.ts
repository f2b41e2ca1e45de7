/** How a board's program is executed. */
export const ENGINES = ['wasm', 'qemu'] as const;
export type Engine = (typeof ENGINES)[number];

/** A board of the fleet, whatever executes its program. */
export interface Device {
  readonly name: string;
  readonly isOn: boolean;
  /** Its flash as it is now. */
  readFlash(): Uint8Array;
  /** Power on. */
  start(): void;
  /** Cuts the power at any moment; the flash stays. */
  kill(): Promise<void>;
  /** Programs it with another image: wasm or ELF. Starts it again if it was on. */
  install(program: Uint8Array): Promise<void>;
  /** Until the power is cut next, nothing that it sends arrives. */
  mute(): void;
  /** Power off, for good. */
  stop(): Promise<void>;
}
