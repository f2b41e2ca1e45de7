import { Inject, Injectable } from '@nestjs/common';

import type { Result } from '#libs/base/result';
import type { Tally } from '#libs/model/session';

import { ComputeService } from '../compute/compute.service';
import { ModelsRepository } from '../models/models.repository';
import { Memo } from './memo';
import { PROGRAM_BUILDER, type ProgramBuilder } from './program-builder';

const MAX_ENGINES = 16;

/** A version of a model, perhaps one that is not kept yet. */
export interface EvaluatedVersion {
  readonly modelId: string;
  /** .tflite. */
  readonly file: Uint8Array;
  /** Its parameter image. */
  readonly parameters: Uint8Array;
}

/** Runs versions on datasets: the devices' own code as WebAssembly, in a worker thread. */
@Injectable()
export class Evaluator {
  /** By model: its versions differ in parameters only. */
  private readonly engines = new Memo<Result<Uint8Array>>(MAX_ENGINES, ({ ok }) => ok);

  constructor(
    private readonly models: ModelsRepository,
    private readonly compute: ComputeService,
    @Inject(PROGRAM_BUILDER) private readonly builder: ProgramBuilder,
  ) {}

  /** @param dataset FLDS: its items to test on. Throws where the world is at fault. */
  async evaluate({ modelId, file, parameters }: EvaluatedVersion, dataset: Uint8Array): Promise<Tally> {
    const objective = await this.models.objectiveOf(modelId);
    const wasm = valueOf(
      await this.engines.get(modelId, async () => {
        const model = await this.compute.run('planEvaluation', { file, name: modelId, objective });
        return model.ok ? this.builder.engine(model.value) : model;
      }),
    );
    const input = { wasm, parameters, file, objective, dataset };
    return valueOf(await this.compute.run('evaluateModel', input));
  }
}

/** A refusal here is no word on the model but a fault of ours or of the compiler: the job is tried again. */
function valueOf<T>(outcome: Result<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}
