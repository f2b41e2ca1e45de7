import type { Result } from '#libs/base/result';
import type { InferenceProgram } from '#libs/firmware/program';
import type { Workshop } from '#libs/firmware/toolchain';
import type { TensorId } from '#libs/model/ir';
import type { ModelFile } from '../model/read-model';
import type { Linked } from './figures';

/** One inference that is wanted. */
export interface RunRequest {
  readonly shop: Workshop;
  readonly model: ModelFile;
  readonly program: InferenceProgram;
  /** The quantised tensors inside a float boundary. */
  readonly inputs: readonly Uint8Array[];
  readonly wantsLayers: boolean;
  readonly sramBytes: number | undefined;
}

/** Bytes of tensors, by number. */
export type TensorValues = ReadonlyMap<TensorId, Uint8Array>;

/** What came of it. */
export interface RunOutcome {
  /** The quantised tensors inside a float boundary. */
  readonly outputs: readonly Uint8Array[];
  readonly linked: Linked;
  /** What every operator wrote, where it was asked for. */
  readonly layers: TensorValues | undefined;
}

export type RunEngine = (request: RunRequest) => Promise<Result<RunOutcome>>;
