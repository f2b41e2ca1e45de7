import type { BrokerAddress } from '../devices/broker-link';
import type { BehaviourName } from '../behaviours';

/** How a model wants its input: real = scale * (q - zeroPoint). */
export interface InputQuantisation {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Where a device's recordings are: an FLDS file (`.br`: under Brotli), or one speaker of the FSDD features. */
export type SampleSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'fsdd'; readonly folder: string; readonly speaker: string; readonly split: number };

export interface DeviceDescription {
  /** Also its label. */
  readonly name: string;
  readonly board: string;
  readonly sramBytes: number;
  /** For programs and parameters, as told to the server; absent: the board's own. */
  readonly flashBytes?: number;
  readonly samples: SampleSource;
  readonly behaviour?: BehaviourName;
}

export interface FleetDescription {
  /** Base of the HTTP API. */
  readonly server: string;
  readonly broker: BrokerAddress;
  readonly enrolmentToken: string;
  /** Absolute. */
  readonly folder: string;
  /** Goes into the uids. */
  readonly seed: string;
  /** Room for one parameter image on every device. */
  readonly slotBytes: number;
  readonly input: InputQuantisation;
  readonly devices: readonly DeviceDescription[];
}
