import type { Request } from 'express';

import { ApiError } from './api-error';

/** The largest file that can be uploaded: the flash of large microcontrollers. */
export const MAX_UPLOAD_BYTES = 16 * 1024 * 1024;

/** The bytes of an `application/octet-stream` request. */
export function rawBody(request: Request): Uint8Array {
  const body: unknown = request.body;
  if (Buffer.isBuffer(body) && body.length > 0) return new Uint8Array(body);
  throw new ApiError('request.body-needed', 'this needs a body of the type application/octet-stream');
}
