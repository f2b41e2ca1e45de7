import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';

/** Files kept under the digest of what they were made from. Safe for many processes: a file appears whole or not at all. */
export class ContentStore {
  constructor(private readonly root: string) {}

  path(key: string, ending: string): string {
    return join(this.root, key.slice(0, 2), `${key}${ending}`);
  }

  async read(key: string, ending: string): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await readFile(this.path(key, ending)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async has(key: string, ending: string): Promise<boolean> {
    return access(this.path(key, ending)).then(
      () => true,
      () => false,
    );
  }

  async write(key: string, ending: string, content: Uint8Array): Promise<void> {
    const path = this.path(key, ending);
    const temporary = `${path}.${randomBytes(6).toString('hex')}`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(temporary, content);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
