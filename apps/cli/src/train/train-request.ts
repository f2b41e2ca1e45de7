import type { Result } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';
import type { PlannedStep } from '#libs/firmware/program';
import type { Workshop } from '#libs/firmware/toolchain';
import type { SessionPlan, SessionRecord, SessionRows, Watch } from '#libs/model/session';

/** A session that is wanted, and the program that runs it. */
export interface TrainRequest {
  readonly shop: Workshop;
  readonly step: PlannedStep;
  readonly model: GeneratedModel;
  /** The parameter image. */
  readonly parameters: Uint8Array;
  /** 1 where the model tells none apart. */
  readonly classes: number;
  readonly rows: SessionRows;
  readonly plan: SessionPlan;
  /** That all RAM of the linked program must fit (ARM), if there is a limit. */
  readonly sramBytes: number | undefined;
}

/** What was measured where the generated program ran. */
export interface Measured {
  /** High water of the painted arena. */
  readonly arenaBytes: number;
  /** ARM: what the linked program takes. */
  readonly linked?: {
    readonly staticRamBytes: number;
    readonly flashBytes: number;
    readonly stack: { readonly boundBytes: number; readonly measuredBytes: number };
    readonly instructionsPerStep?: number;
  };
}

/** What came of it. */
export interface TrainOutcome {
  readonly record: SessionRecord;
  /** Nothing is placed, so nothing is measured, where the reference ran. */
  readonly measured?: Measured;
}

/** @param watch told of every pass as it ends */
export type TrainEngine = (request: TrainRequest, watch: Watch) => Promise<Result<TrainOutcome>>;
