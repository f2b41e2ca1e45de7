import { Injectable } from '@nestjs/common';

import type { ImageFormat } from '../devices/devices.dto';
import { ApiError, found } from '../http/api-error';
import { BlobStore } from '../storage/blob-store';
import { ProgramsService } from './programs.service';

@Injectable()
export class ImagesService {
  constructor(
    private readonly programs: ProgramsService,
    private readonly blobs: BlobStore,
  ) {}

  async enrolment(board: string, format: ImageFormat): Promise<Uint8Array> {
    const build = await this.programs.forEnrolment(board);
    if (!build.ok) {
      const { code, message } = build.error;
      throw new ApiError(code.startsWith('board.') ? 'board.unknown' : 'build.failed', message, {
        reason: code,
      });
    }
    const digest = format === 'elf' ? build.value.elfDigest : build.value.wasmDigest;
    return this.blobs.get(found(digest, 'image.not-found', `${format} program for the board ${board}`));
  }
}
