import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';

import { ApiError, ERROR_STATUS } from './api-error';

interface ErrorBody {
  readonly code: string;
  readonly message: string;
}

/** What the body parser throws: an Error that carries its HTTP status. */
interface HttpFault {
  readonly status: number;
  readonly message: string;
}

/** Turns whatever a handler throws into `{ code, message, … }` with the right status. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const { status, body } = this.answerTo(error);
    if (response.headersSent) response.destroy();
    else response.status(status).json(body);
  }

  private answerTo(error: unknown): { readonly status: number; readonly body: ErrorBody } {
    if (error instanceof ApiError) {
      const { code, message, details } = error;
      return { status: ERROR_STATUS[code], body: { code, message, ...details } };
    }
    if (error instanceof HttpException) return plain(error.getStatus(), error.message);
    if (isHttpFault(error)) return plain(error.status, error.message);
    this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return plain(500, 'the server failed; its log says how');
  }
}

const PLAIN_CODES: Readonly<Record<number, string>> = {
  400: 'request.invalid',
  404: 'not-found',
  413: 'request.too-large',
  500: 'server.failed',
};

const plain = (status: number, message: string) => ({
  status,
  body: { code: PLAIN_CODES[status] ?? `http.${status}`, message },
});

const isHttpFault = (error: unknown): error is HttpFault =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;
