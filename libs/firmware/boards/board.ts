/** A run of addresses of one memory. */
export interface Region {
  readonly origin: number;
  readonly bytes: number;
}

/** A memory of its own among a microcontroller's SRAM: an array lies in one of them. */
export interface SramRegion extends Region {
  readonly name: string;
}

/** How the memory protection unit can draw the end of the SRAM budget (see `sramBudgetFault`). */
export type SramBudgetRule = 'mpu-v7' | 'mpu-v8' | 'none';

/** Where programs for a board are executed. */
export type Runs = 'qemu' | 'wasm' | 'none';

/** What one device of this kind may use. */
export interface Budget {
  /** Of all SRAM: the regions are used in their order, each to its end before the next. */
  readonly sramBytes: number;
  readonly flashBytes: number;
}

/** What the hardware layer of the `device` program is told: UARTs, their interrupts and the clock of the tick. */
export interface Drivers {
  /** Folder under `firmware-templates/boards`. */
  readonly folder: string;
  readonly networkUart: number;
  readonly logUart: number;
  /** Number of the interrupt that a received byte of the network raises. */
  readonly receiveInterrupt: number;
  readonly clockHz: number;
}

/** A board: data from `firmware-templates/boards/<name>/board.json`, with the budget of one kind of device on it. */
export interface Board {
  readonly name: string;
  readonly title: string;
  readonly core: string;
  /** Compiler flags that choose the core. */
  readonly cpuFlags: readonly string[];
  readonly dsp: boolean;
  /** Has the core vector instructions for integers (MVE), and do the compiler's flags allow them? */
  readonly mve: boolean;
  readonly fpu: boolean;
  readonly memory: {
    readonly flash: Region;
    /** Where reset looks for the vector table, if not at the start of flash. */
    readonly vectors?: Region;
    /** The first holds the stack and the static variables. */
    readonly sram: readonly [SramRegion, ...SramRegion[]];
    /** Memory that keeps its bytes over a reset: parameter images, images to boot, flash records. */
    readonly storage?: Region;
  };
  readonly sramBudgets: SramBudgetRule;
  readonly budget: Budget;
  /** Bytes of SRAM kept for the stack. */
  readonly stackBytes: number;
  /** Bytes of SRAM kept for static variables outside the arena: runtime, network, drivers. */
  readonly reserveBytes: number;
  /**
   * Bytes of flash that a device keeps free beside every item of its sample log, for what the frozen prefix of a model makes of it; 0
   * where there is none.
   */
  readonly featureBytes: number;
  readonly runs: Runs;
  readonly qemuMachine?: string;
  /** Folder under `firmware-templates/boards` with the linker script and start-up code of the family. */
  readonly family: string;
  /** Missing: the `device` program is not made for this board. */
  readonly drivers?: Drivers;
  /** What people should know: what is missing to run it, what differs from the real thing. */
  readonly notes: readonly string[];
}
