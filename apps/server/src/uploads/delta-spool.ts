import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';

import { SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';

/**
 * Deltas on their way: one file an execution, under `<data dir>/spool`. A file never grows beyond the size that its
 * execution announced, and a device has one execution, so the spool is bounded by the fleet. Pieces outlive a restart.
 */
@Injectable()
export class DeltaSpool {
  private readonly folder: string;
  /** Sizes of the files, so that a piece costs one append. */
  private readonly sizes = new Map<number, number>();

  constructor(@Inject(SERVER_CONFIG) config: ServerConfig) {
    this.folder = join(config.dataDir, 'spool');
  }

  /** Bytes that are there. */
  async size(executionId: number): Promise<number> {
    const known = this.sizes.get(executionId);
    if (known !== undefined) return known;
    const size = await sizeOf(this.fileOf(executionId));
    this.sizes.set(executionId, size);
    return size;
  }

  /** Adds bytes at the end; answers the new size. */
  async append(executionId: number, bytes: Uint8Array): Promise<number> {
    const size = (await this.size(executionId)) + bytes.length;
    await mkdir(this.folder, { recursive: true });
    await appendFile(this.fileOf(executionId), bytes);
    this.sizes.set(executionId, size);
    return size;
  }

  async read(executionId: number): Promise<Uint8Array> {
    return new Uint8Array(await readFile(this.fileOf(executionId)));
  }

  async remove(executionId: number): Promise<void> {
    this.sizes.delete(executionId);
    await rm(this.fileOf(executionId), { force: true });
  }

  /** Executions that have a file. */
  async executions(): Promise<readonly number[]> {
    const names = await readdir(this.folder).catch(emptyIfMissing);
    return names.map((name) => Number.parseInt(name, 10)).filter((id) => Number.isInteger(id));
  }

  private readonly fileOf = (executionId: number): string => join(this.folder, `${executionId}.delta`);
}

function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
