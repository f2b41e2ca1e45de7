import type { GeneratedModel } from '#libs/firmware/codegen';
import type { Graph } from '#libs/model/ir';

/** A file of the folder; `path` is relative to it. */
export interface LibraryFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Where a model came from. */
export interface Provenance {
  /** Name of the file. */
  readonly file: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** What is trained, by the name of its scheme. */
  readonly scheme?: string;
}

/** What the library took when it was built for a board. */
export interface MeasuredSize {
  readonly board: string;
  /** Code, constants and parameters. */
  readonly flashBytes: number;
  /** Worst case, from the compiler's call graph. */
  readonly stackBytes: number;
}

export interface LibraryRequest {
  /** The graph that `model` was generated from: an inference graph, or a training graph. */
  readonly graph: Graph;
  readonly model: GeneratedModel;
  /** The parameter image. */
  readonly parameters: Uint8Array;
  /** Texts of firmware-templates by path: at least those that `isLibraryTemplate` names. */
  readonly templates: ReadonlyMap<string, string>;
  readonly provenance: Provenance;
  readonly measured?: MeasuredSize;
}
