import { invariant } from '#libs/base/result';
import { Conditions } from './conditions';
import type { Declaration } from './declaration';
import { declarationsOf, readSource, type SourceFile } from './source-file';

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** All texts of a program, by path, and the file whose functions it is for. */
export interface ProgramTexts {
  readonly texts: ReadonlyMap<string, string>;
  /** Path of the source whose functions other programs call. */
  readonly entry: string;
  /** Path of the header that declares them, which the entry includes by it. It is never inlined. */
  readonly interface: string;
  /** Names that the program is built with, each defined as 1. */
  readonly defines?: readonly string[];
}

/** A declaration, and the file that has it. */
interface Found {
  readonly file: SourceFile;
  readonly declaration: Declaration;
}

/** The files of a program, and which of their declarations it needs. */
export class Program {
  /** Headers before those that include them, then sources by path. */
  private readonly files: readonly SourceFile[];
  readonly entry: SourceFile;
  private readonly read = new Map<string, SourceFile>();
  private readonly shared = new Map<string, Found[]>();
  private readonly local = new Map<SourceFile, Map<string, Found[]>>();
  private readonly needed = new Set<Declaration>();

  constructor(private readonly program: ProgramTexts) {
    const conditions = new Conditions();
    for (const name of program.defines ?? []) conditions.define(name, '1', true);
    const paths = [...program.texts.keys()].sort();
    const headers = new Map(
      paths.filter((path) => path.endsWith('.h')).map((path) => [baseName(path), path]),
    );
    const take = (path: string): void => {
      if (this.read.has(path)) return;
      const text = program.texts.get(path);
      invariant(text !== undefined, `${path} is missing`);
      const onInclude = (name: string): void => take(headers.get(name) ?? name);
      const file = readSource(path, text, { conditions, onInclude });
      this.read.set(path, file);
    };
    paths.filter((path) => path.endsWith('.c')).forEach(take);
    this.files = [...this.read.values()].sort((a, b) => Number(b.isHeader) - Number(a.isHeader));
    this.entry = this.fileAt(program.entry);
    for (const file of this.files) this.index(file);
    for (const declaration of declarationsOf(this.entry.items)) this.need({ file: this.entry, declaration });
  }

  needs(declaration: Declaration): boolean {
    return this.needed.has(declaration);
  }

  /** The files of which something is needed, but for the interface. */
  get inlined(): readonly SourceFile[] {
    return this.files.filter(
      (file) => file.path !== this.program.interface && this.neededOf(file).length > 0,
    );
  }

  neededOf(file: SourceFile): readonly Declaration[] {
    return declarationsOf(file.items).filter((declaration) => this.needed.has(declaration));
  }

  /** Names that only `file` sees. */
  isLocal(file: SourceFile, name: string): boolean {
    return this.local.get(file)?.has(name) ?? false;
  }

  /** All names that files see of each other, those of the interface included. */
  isShared(name: string): boolean {
    return this.shared.has(name);
  }

  /** What a name that is not local to the file that uses it means. */
  sharedAs(name: string): readonly Found[] {
    return this.shared.get(name) ?? [];
  }

  private fileAt(path: string): SourceFile {
    const file = this.read.get(path);
    invariant(file, `${path} is missing`);
    return file;
  }

  /** A header shares all that it declares; a source what is not static. */
  private index(file: SourceFile): void {
    const own = new Map<string, Found[]>();
    this.local.set(file, own);
    for (const declaration of declarationsOf(file.items)) {
      const isExternal = ['function', 'object', 'prototype', 'extern'].includes(declaration.form);
      const names = file.isHeader || (isExternal && !declaration.isStatic) ? this.shared : own;
      for (const name of declaration.names)
        names.set(name, [...(names.get(name) ?? []), { file, declaration }]);
    }
  }

  /** Marks what a declaration needs, directly or not. */
  private need(root: Found): void {
    const open = [root];
    for (let found = open.pop(); found; found = open.pop()) {
      if (this.needed.has(found.declaration)) continue;
      this.needed.add(found.declaration);
      const own = this.local.get(found.file);
      for (const word of found.declaration.words) open.push(...(own?.get(word) ?? this.sharedAs(word)));
    }
  }
}
