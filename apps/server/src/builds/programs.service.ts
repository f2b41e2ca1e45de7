import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { err, fault, type Fault, invariant, ok, type Result } from '#libs/base/result';
import { type Board, type Budget, boardWith } from '#libs/firmware/boards';

import { ComputeService } from '../compute/compute.service';
import type { PlannedProgram } from '../compute/plan-program';
import { CLOCK } from '../config/server-config.token';
import { Database } from '../database/database';
import { newId } from '../database/new-id';
import { ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import { type Build, BuildsRepository } from './builds.repository';
import { Memo } from './memo';
import { type BuiltProgram, PROGRAM_BUILDER, type ProgramBuilder } from './program-builder';

/** A kind of device: all that a program depends on beside the model. */
export interface DeviceKind extends Budget {
  readonly board: string;
}

/** What is known of a build before it is compiled. */
type PlannedBuild = Omit<
  Build,
  'id' | 'key' | 'createdAt' | 'elfDigest' | 'wasmDigest' | 'elfPeakBytes' | 'elfFlashBytes' | 'stackBytes'
>;

const MAX_KINDS = 1_000;

/** Programs and refusals are final; a compiler that failed may do better next time. */
const isFinal = (outcome: Result<Build>): boolean => outcome.ok || !isBuildFault(outcome.error);

/** The compiler's or our own, and no word on what the device can do. */
export const isBuildFault = ({ code }: Fault): boolean =>
  code.startsWith('build.') && code !== 'build.does-not-fit';

/** Makes programs, each once: devices of one kind with one model share a build, and wait for it together. */
@Injectable()
export class ProgramsService {
  private readonly outcomes = new Memo<Result<Build>>(MAX_KINDS, isFinal);

  constructor(
    private readonly database: Database,
    private readonly builds: BuildsRepository,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
    private readonly compute: ComputeService,
    @Inject(PROGRAM_BUILDER) private readonly builder: ProgramBuilder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The training program of a model for a kind of device, or one line why there is none. */
  async forModel(
    modelId: string,
    { board: name, sramBytes, flashBytes }: DeviceKind,
  ): Promise<Result<Build>> {
    const plain = await this.builder.board(name);
    if (!plain.ok) return plain;
    const board = boardWith(plain.value, { sramBytes, flashBytes });
    if (!board.ok) return board;
    const key = JSON.stringify([name, sramBytes, flashBytes, modelId]);
    return this.outcomes.get(key, () => this.buildForModel(modelId, board.value));
  }

  /** The program without a model, with the board's own budget. */
  async forEnrolment(boardName: string): Promise<Result<Build>> {
    const board = await this.builder.board(boardName);
    if (!board.ok) return board;
    return this.outcomes.get(JSON.stringify([boardName]), () => this.buildForEnrolment(board.value));
  }

  /** Versions of a model differ in parameters only, which are not in the program: any version will do. */
  private async buildForModel(modelId: string, board: Board): Promise<Result<Build>> {
    const model = await this.models.find(modelId);
    const version = await this.models.latestVersion(modelId);
    invariant(model && version, `there is a model ${modelId}`);
    const file = await this.blobs.get(version.fileDigest);
    const { name, objective } = model;
    const planned = await this.compute.run('planProgram', { file, name, objective, board });
    if (!planned.ok) return planned;
    const program = await this.builder.program(board, planned.value.model);
    return program.ok
      ? this.keep(board, program.value, plannedBuild(modelId, board, planned.value))
      : program;
  }

  private async buildForEnrolment(board: Board): Promise<Result<Build>> {
    const program = await this.builder.program(board, undefined);
    return program.ok ? this.keep(board, program.value, withoutModel(board)) : program;
  }

  /** Keeps a program that takes no more than was promised for it: the fit certificate. */
  private async keep(board: Board, program: BuiltProgram, planned: PlannedBuild): Promise<Result<Build>> {
    const { key, sramBytes, stackBytes, flashBytes } = program;
    const kept = await this.builds.findByKey(key);
    if (kept) return ok(kept);
    if (sramBytes > planned.plannedPeakBytes || flashBytes > board.budget.flashBytes) {
      const message = `the program takes ${sramBytes} bytes of SRAM and ${flashBytes} of flash, more than planned`;
      return err(fault('build.broken-promise', message));
    }
    const elfDigest = await this.blobs.put(program.elf);
    const wasmDigest = program.wasm ? await this.blobs.put(program.wasm) : null;
    const certificate = {
      elfPeakBytes: sramBytes,
      elfFlashBytes: flashBytes,
      stackBytes,
      elfDigest,
      wasmDigest,
    };
    const build: Build = {
      ...planned,
      ...certificate,
      key,
      id: newId('build'),
      createdAt: new Date(this.clock.now()),
    };
    await this.database.inTransaction((transaction) => this.builds.add(transaction, build));
    return ok(build);
  }
}

const kindOf = ({ name, budget }: Board) => ({
  board: name,
  sramBytes: budget.sramBytes,
  flashBytes: budget.flashBytes,
});

function plannedBuild(modelId: string, board: Board, planned: PlannedProgram): PlannedBuild {
  const { model, plan, schemeName, schemeJson, deltaLayout } = planned;
  const { layout, training } = model.facts;
  invariant(training, `${model.facts.name} was planned to train`);
  return {
    ...kindOf(board),
    modelId,
    layout,
    scheme: training.scheme,
    schemeName,
    schemeJson,
    deltaLayout,
    planJson: JSON.stringify(plan),
    plannedPeakBytes: model.facts.arenaBytes + board.stackBytes + board.reserveBytes,
  };
}

const withoutModel = (board: Board): PlannedBuild => ({
  ...kindOf(board),
  modelId: null,
  layout: 0,
  scheme: 0,
  schemeName: 'none',
  schemeJson: 'null',
  planJson: 'null',
  deltaLayout: { schemeId: 0, variables: [] },
  plannedPeakBytes: board.stackBytes + board.reserveBytes,
});
