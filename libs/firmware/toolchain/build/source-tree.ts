import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '#libs/base/bytes';
import type { Board } from '#libs/firmware/boards';

/** A C file and what its object depends on. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Kernels include kernels only, so their objects serve every model. */
  readonly isKernel: boolean;
  readonly isStartup: boolean;
}

const utf8 = new TextEncoder();
export const textDigest = (...texts: readonly string[]): string =>
  digestOf(utf8.encode(texts.map((text) => `${text.length}:${text}`).join('')));

/** Folders of headers that everything but a kernel may include. */
export const headerFolders = (board: Board): readonly string[] => [
  'kernels',
  'runtime',
  'net',
  'store',
  'host',
  'boards/mps2',
  `boards/${board.family}`,
];

/** Reads `firmware-templates` and knows which headers each object depends on. */
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
    return { path: this.path(file), text, isKernel: file.startsWith('kernels/'), isStartup };
  }

  kernels(): Promise<readonly string[]> {
    return this.filesIn('kernels', '.c');
  }

  /** Folders that #include looks in, the generated one first. */
  includeFolders(folders: readonly string[], generated: string): readonly string[] {
    return [generated, ...folders.map((folder) => this.path(folder))];
  }

  /** One digest of all headers of some folders: any change of any of them rebuilds what may include it. */
  async headersDigest(folders: readonly string[]): Promise<string> {
    const lists = await Promise.all(folders.map((folder) => this.filesIn(folder, '.h')));
    const texts = await Promise.all(
      lists.flat().map(async (file) => `${file}\n${await readFile(this.path(file), 'utf8')}`),
    );
    return textDigest(...texts);
  }
}
