/** One device of the demo's fleet and the recordings that only it has. */
export interface Household {
  /** The voice; also the device's label. */
  readonly name: string;
  readonly board: string;
  readonly sramKilobytes: number;
  /** `qemu`: the real ARM program on an emulated board. `virtual`: the same program as WebAssembly. */
  readonly runs: 'virtual' | 'qemu';
  /** FLDS bytes: recordings to learn from, then recordings to test on. */
  readonly recordings: Uint8Array;
  /** False for the one device that is too small: it must be refused. */
  readonly fits: boolean;
}

/** The recordings of a fleet and what they are. */
export interface Voices {
  readonly kind: 'synthetic speech' | 'real speech (FSDD)';
  readonly voices: readonly Voice[];
}

export interface Voice {
  readonly name: string;
  readonly recordings: Uint8Array;
}
