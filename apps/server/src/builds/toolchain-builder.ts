import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';

import { invariant, ok, type Result, unwrap } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { GeneratedModel } from '#libs/firmware/codegen';
import { build, loadBoard, NO_MODEL, workshop, type Workshop } from '#libs/firmware/toolchain';

import { repositoryRoot } from '../config/repository-root';
import { SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';
import type { BuiltProgram, ProgramBuilder } from './program-builder';

/** WebAssembly has no budget and no start-up code: any board will do. */
const ENGINE_BOARD = 'virtual-m4';

/** The compilers of this machine. Objects are kept by content, so that a second build is a link. */
@Injectable()
export class ToolchainBuilder implements ProgramBuilder {
  private readonly shop: Workshop;

  constructor(@Inject(SERVER_CONFIG) config: ServerConfig) {
    const templates = join(repositoryRoot, 'firmware-templates');
    this.shop = workshop({ templates, cache: config.buildCacheDir });
  }

  board(name: string): Promise<Result<Board>> {
    return loadBoard(this.shop, name);
  }

  async program(board: Board, model: GeneratedModel | undefined): Promise<Result<BuiltProgram>> {
    const request = {
      board,
      ...(model ? { program: 'device' as const, model } : { program: 'enrol' as const, model: NO_MODEL }),
    };
    const arm = await build(this.shop, { ...request, target: 'arm' });
    if (!arm.ok) return arm;
    const { binary: elf, key, fit } = arm.value;
    invariant(fit, 'a program for a board has a certificate');
    const wasm = board.runs === 'wasm' ? await build(this.shop, { ...request, target: 'wasm' }) : undefined;
    if (wasm && !wasm.ok) return wasm;
    const { ramBytes: sramBytes, stackBytes, flashBytes } = fit;
    return ok({ key, elf, wasm: wasm?.value.binary, sramBytes, stackBytes, flashBytes });
  }

  async engine(model: GeneratedModel): Promise<Result<Uint8Array>> {
    const board = unwrap(await this.board(ENGINE_BOARD));
    const engine = await build(this.shop, { program: 'harness', target: 'wasm', board, model });
    return engine.ok ? ok(engine.value.binary) : engine;
  }
}
