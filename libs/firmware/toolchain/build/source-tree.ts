import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Board } from '#libs/firmware/boards';

/** A C file. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Start-up code is compiled plainly. */
  readonly isStartup: boolean;
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

/** Reads `firmware-templates`. */
export class SourceTree {
  constructor(private readonly root: string) {}

  path(file: string): string {
    return join(this.root, file);
  }

  private async filesIn(folder: string, ending: string): Promise<readonly string[]> {
    const names = await readdir(this.path(folder));
    return names
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => `${folder}/${name}`);
  }

  async source(file: string, isStartup: boolean): Promise<Source> {
    const text = await readFile(this.path(file), 'utf8');
    return { path: this.path(file), text, isStartup };
  }

  kernels(): Promise<readonly string[]> {
    return this.filesIn('kernels', '.c');
  }

  /** Folders that #include looks in, the generated one first. */
  includeFolders(folders: readonly string[], generated: string): readonly string[] {
    return [generated, ...folders.map((folder) => this.path(folder))];
  }

  /** All headers of some folders, by name. */
  async headers(folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const lists = await Promise.all(folders.map((folder) => this.filesIn(folder, '.h')));
    const entries = lists
      .flat()
      .map(async (file) => [basename(file), await readFile(this.path(file), 'utf8')] as const);
    return new Map(await Promise.all(entries));
  }
}
