import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';

import { digestOf } from '#libs/base/bytes';

import { SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';

/**
 * Files named by their SHA-256, under `<data dir>/blobs`. A file is either whole or absent: it is written under
 * another name, flushed, and renamed. Rows of the database hold the digests; a blob is kept before the row that names it.
 */
@Injectable()
export class BlobStore {
  private readonly folder: string;

  constructor(@Inject(SERVER_CONFIG) config: ServerConfig) {
    this.folder = join(config.dataDir, 'blobs');
  }

  /** Keeps bytes; answers their digest. */
  async put(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    const file = this.pathOf(digest);
    if (await exists(file)) return digest;
    await mkdir(dirname(file), { recursive: true });
    const draft = `${file}.${randomUUID()}`;
    try {
      await writeFlushed(draft, bytes);
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return digest;
  }

  /** The bytes of a digest that a row names. */
  async get(digest: string): Promise<Uint8Array> {
    return new Uint8Array(await readFile(this.pathOf(digest)));
  }

  /** Two levels, so that no folder grows without bound. */
  private readonly pathOf = (digest: string): string => join(this.folder, digest.slice(0, 2), digest);
}

async function writeFlushed(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
