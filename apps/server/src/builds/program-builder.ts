import type { Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { GeneratedModel } from '#libs/firmware/codegen';

/** A linked program, and what it takes by its own section headers. */
export interface BuiltProgram {
  /** Digest of everything that went into it. */
  readonly key: string;
  readonly elf: Uint8Array;
  /** For boards that exist as WebAssembly in the fleet's process. */
  readonly wasm: Uint8Array | undefined;
  /** .data + .bss + stack. */
  readonly sramBytes: number;
  readonly stackBytes: number;
  readonly flashBytes: number;
}

/** Compilers, as this server needs them. What is wrong with the request is returned, what is wrong with the machine thrown. */
export interface ProgramBuilder {
  board(name: string): Promise<Result<Board>>;
  /** What a board is programmed with. Without a model: the program that can only enrol. */
  program(board: Board, model: GeneratedModel | undefined): Promise<Result<BuiltProgram>>;
  /** The model as WebAssembly for this server's own use. */
  engine(model: GeneratedModel): Promise<Result<Uint8Array>>;
}

/** Under this token Nest hands out the `ProgramBuilder`. */
export const PROGRAM_BUILDER = Symbol('ProgramBuilder');
