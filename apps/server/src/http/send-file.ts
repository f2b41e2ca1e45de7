import { StreamableFile } from '@nestjs/common';

/** Bytes as a download. */
export const download = (bytes: Uint8Array, fileName: string): StreamableFile =>
  new StreamableFile(bytes, {
    type: 'application/octet-stream',
    disposition: `attachment; filename="${fileName}"`,
  });
