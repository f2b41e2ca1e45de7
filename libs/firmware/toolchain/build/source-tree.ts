import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Board } from '#libs/firmware/boards';
import { Headers } from './headers';

/** A C file. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Start-up code is compiled plainly. */
  readonly isStartup: boolean;
  /** Where the time goes: kernels and digests. All else is compiled to be small for boards. */
  readonly isHot?: boolean;
}

/** Folders of headers. */
export const headerFolders = (board: Board): readonly string[] => [
  'kernels',
  'runtime',
  'net',
  'store',
  'host',
  `boards/${board.family}`,
  ...(board.drivers ? [`boards/${board.drivers.folder}`] : []),
];

/** Reads `firmware-templates`, each file once. */
export class SourceTree {
  private readonly sources = new Map<string, Promise<Source>>();
  private readonly lists = new Map<string, Promise<readonly string[]>>();
  private readonly headerSets = new Map<string, Promise<Headers>>();

  constructor(private readonly root: string) {}

  path(file: string): string {
    return join(this.root, file);
  }

  private text(file: string): Promise<string> {
    return readFile(this.path(file), 'utf8');
  }

  source(file: string, isStartup: boolean): Promise<Source> {
    return remembered(this.sources, `${file} ${isStartup}`, async () => ({
      path: this.path(file),
      text: await this.text(file),
      isStartup,
      isHot: file.startsWith('kernels/') || file === 'runtime/sha256.c',
    }));
  }

  async kernels(): Promise<readonly Source[]> {
    const files = await this.filesIn('kernels', '.c');
    return Promise.all(files.map((file) => this.source(file, false)));
  }

  /** Folders that #include looks in, the generated one first. */
  includeFolders(folders: readonly string[], generated: string): readonly string[] {
    return [generated, ...folders.map((folder) => this.path(folder))];
  }

  /** All headers of some folders. */
  headers(folders: readonly string[]): Promise<Headers> {
    return remembered(this.headerSets, folders.join(), () => this.readHeaders(folders));
  }

  private async readHeaders(folders: readonly string[]): Promise<Headers> {
    const lists = await Promise.all(folders.map((folder) => this.filesIn(folder, '.h')));
    const entries = lists.flat().map(async (file) => [basename(file), await this.text(file)] as const);
    return new Headers(new Map(await Promise.all(entries)));
  }

  private async filesIn(folder: string, ending: string): Promise<readonly string[]> {
    const names = await remembered(this.lists, folder, () => readdir(this.path(folder)));
    return names
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => `${folder}/${name}`);
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  // What could not be read is asked for again.
  value.catch(() => known.delete(key));
  return value;
}

const trees = new Map<string, SourceTree>();

/** The tree below `root`. Its files belong to the generator that is loaded: one process reads them once. */
export function sourceTreeAt(root: string): SourceTree {
  const tree = trees.get(root) ?? new SourceTree(root);
  trees.set(root, tree);
  return tree;
}
