/** A run of addresses of one memory. */
export interface Region {
  readonly origin: number;
  readonly bytes: number;
}

/** How the memory protection unit can draw the end of the SRAM budget (see `sramBudgetFault`). */
export type SramBudgetRule = 'mpu-v7' | 'mpu-v8' | 'none';

/** Where programs for a board are executed. */
export type Runs = 'qemu' | 'wasm' | 'none';

/** What one device of this kind may use. */
export interface Budget {
  readonly sramBytes: number;
  readonly flashBytes: number;
}

/** A board: data from `firmware-templates/boards/<name>/board.json`, with the budget of one kind of device on it. */
export interface Board {
  readonly name: string;
  readonly title: string;
  readonly core: string;
  /** Compiler flags that choose the core. */
  readonly cpuFlags: readonly string[];
  readonly dsp: boolean;
  readonly fpu: boolean;
  readonly memory: {
    readonly flash: Region;
    readonly sram: Region;
    /** Memory that keeps its bytes over a reset: parameter images, images to boot, flash records. */
    readonly storage?: Region;
  };
  readonly sramBudgets: SramBudgetRule;
  readonly budget: Budget;
  /** Bytes of SRAM kept for the stack. */
  readonly stackBytes: number;
  /** Bytes of SRAM kept for static variables outside the arena: runtime, network, drivers. */
  readonly reserveBytes: number;
  readonly runs: Runs;
  readonly qemuMachine?: string;
  /** Folder under `firmware-templates/boards` with the linker script and start-up code of the family. */
  readonly family: string;
}

/** SRAM left for a model's arena: none where stack and runtime alone take more than the budget. */
export const arenaBudget = (board: Board): number =>
  Math.max(0, board.budget.sramBytes - board.stackBytes - board.reserveBytes);
