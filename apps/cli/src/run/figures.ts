import type { Plan } from '#libs/firmware/planner';
import { type Graph, graphMacs } from '#libs/model/ir';

/** What an engine measured or read back of the linked inference. */
export interface Linked {
  /** All RAM but the stack: arena (inputs and scratch in it) and every other static variable. */
  readonly staticRamBytes: number;
  /** Code, constants and weights. */
  readonly flashBytes: number;
  /** Worst case of the call graph. */
  readonly stackBytes: number;
  /** Executed by one inference. */
  readonly instructions?: number;
  /** Wall time of one inference. */
  readonly nsPerInference?: number;
}

/** What `run --json` prints. */
export interface RunFigures extends Linked {
  readonly engine: string;
  readonly model: string;
  readonly board?: string;
  /** The planned arena; scratch lies in it. */
  readonly arenaBytes: number;
  /** The largest scratch of one kernel. */
  readonly scratchBytes: number;
  readonly macs: number;
  readonly plannedBytes: number;
  /** The largest set of buffers that are alive together: no plan of this schedule can be smaller. */
  readonly lowerBoundBytes: number;
  /** Planned over bound. */
  readonly ratio: number;
  /** Why no better plan exists: the bound is met, or everything else was searched. */
  readonly proof: Plan['proof'];
}

export interface RunTitle {
  readonly engine: string;
  readonly board?: string;
}

/** The figures of a run, in the order in which they are printed. MACs are the model's, also where constant channels are not computed. */
export function figuresOf(
  { engine, board }: RunTitle,
  inference: Graph,
  plan: Plan,
  { staticRamBytes, flashBytes, stackBytes, instructions, nsPerInference }: Linked,
): RunFigures {
  const { peakBytes, lowerBoundBytes, scratchBytes, proof } = plan;
  return {
    engine,
    model: inference.name,
    ...(board !== undefined && { board }),
    arenaBytes: peakBytes,
    scratchBytes,
    stackBytes,
    staticRamBytes,
    flashBytes,
    macs: graphMacs(inference),
    ...(instructions !== undefined && { instructions }),
    ...(nsPerInference !== undefined && { nsPerInference }),
    plannedBytes: peakBytes,
    lowerBoundBytes,
    ratio: lowerBoundBytes === 0 ? 1 : peakBytes / lowerBoundBytes,
    proof,
  };
}
