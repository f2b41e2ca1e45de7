import type { Device } from '../devices/device';

/** What a misbehaving device needs to know of itself. */
export interface Stage {
  readonly device: Device;
  /** Nothing that the device sends from now on arrives; it doesn't notice. */
  mute(): void;
}

/** Listens to the device's log lines ("execution 3") and does harm at the right moment. */
export type Behaviour = (stage: Stage) => (line: string) => void;
