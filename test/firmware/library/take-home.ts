import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import {
  cLibrary,
  cName,
  isLibraryTemplate,
  type LibraryFile,
  type MeasuredSize,
} from '#libs/firmware/library';
import type { GeneratedModel } from '#libs/firmware/codegen';
import type { Graph } from '#libs/model/ir';

const TEMPLATES = resolve(__dirname, '../../../firmware-templates');

/** The texts that libraries are made of. */
export const templates: ReadonlyMap<string, string> = new Map(
  readdirSync(TEMPLATES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(TEMPLATES, join(entry.parentPath, entry.name)))
    .filter(isLibraryTemplate)
    .map((path) => [path, readFileSync(join(TEMPLATES, path), 'utf8')]),
);

const isThere = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

/** `describe` where the tools are there; else one skipped test whose name says which are missing. */
export function describeWith(tools: readonly string[], name: string, body: () => void): void {
  const missing = tools.filter((tool) => !isThere(tool));
  if (missing.length === 0) describe(name, body);
  else it.skip(`${name} (no ${missing.join(', ')})`, () => undefined);
}

export const COMPILERS = ['gcc', 'clang'] as const;
export type Compiler = (typeof COMPILERS)[number];

export interface Sample {
  readonly graph: Graph;
  readonly model: GeneratedModel;
  readonly parameters: Uint8Array;
}

export function filesOf(
  { graph, model, parameters }: Sample,
  measured?: MeasuredSize,
): readonly LibraryFile[] {
  const provenance = { file: `${graph.name}.tflite`, sha256: '00'.repeat(32), scheme: 'sparse' };
  return cLibrary({ graph, model, parameters, templates, provenance, ...(measured && { measured }) });
}

/** What every library promises to be clean under. */
export const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wconversion', '-pedantic'];

/** A library on disk, in a folder of its own. */
export class TakeHome {
  readonly root = mkdtempSync(join(tmpdir(), 'fleetlearn-library-'));
  readonly name: string;
  readonly prefix: string;

  constructor(sample: Sample) {
    this.name = cName(sample.model.facts.name);
    this.prefix = this.name.toUpperCase();
    for (const { path, content } of filesOf(sample)) this.write(path, content);
  }

  write(path: string, content: string | Uint8Array): string {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  get sources(): readonly string[] {
    return [this.path('src', `${this.name}.c`), this.path('src', `${this.name}_parameters.c`)];
  }

  /** Compiles the sources of the library each for itself; the paths of the objects. */
  objects(compiler: string, flags: readonly string[] = []): readonly string[] {
    return this.sources.map((source) => {
      const object = `${source}.${compiler}.o`;
      execFileSync(compiler, [...STRICT, ...flags, '-I', this.path('src'), '-c', source, '-o', object]);
      return object;
    });
  }

  /** Builds a program of the library and a main of the text `main`. */
  program(compiler: string, main: string, flags: readonly string[] = ['-O2']): string {
    const source = this.write('test/main.c', main);
    const program = this.path('test', `main.${compiler}`);
    const all = [...STRICT, ...flags, '-I', this.path('src'), source, ...this.sources, '-o', program];
    execFileSync(compiler, all);
    return program;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Lends a library on disk. */
export function withHome<T>(sample: Sample, use: (home: TakeHome) => T): T {
  const home = new TakeHome(sample);
  try {
    return use(home);
  } finally {
    home.remove();
  }
}

/** Libraries on disk for the tests of a `describe`, by the names of their samples. */
export function takenHome<Name extends string>(
  samples: Readonly<Record<Name, Sample>>,
): (name: Name) => TakeHome {
  const homes = new Map<string, TakeHome>();
  beforeAll(() => {
    for (const [name, sample] of Object.entries<Sample>(samples)) homes.set(name, new TakeHome(sample));
  });
  afterAll(() => homes.forEach((home) => home.remove()));
  return (name) => {
    const home = homes.get(name);
    if (!home) throw new Error(`no library of ${name}`);
    return home;
  };
}

/** Symbols of an object, one a line, as `nm` with these flags lists them. */
export const symbolsOf = (object: string, ...flags: readonly string[]): readonly string[] =>
  execFileSync('nm', ['-P', ...flags, object], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name !== '');
