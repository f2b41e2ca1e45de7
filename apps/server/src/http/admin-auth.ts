import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';

import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';

import { SERVER_CONFIG } from '../config/server-config.token';
import { keptSecret } from '../config/kept-secret';
import type { ServerConfig } from '../config/server-config';
import { ApiError } from './api-error';

const NEEDS_ADMIN = 'needsAdmin';

/** Marks a GET that needs the admin token all the same (programs and weights). */
export const NeedsAdmin = (): MethodDecorator =>
  applyDecorators(SetMetadata(NEEDS_ADMIN, true), ApiBearerAuth());

const HARMLESS_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The one token that may change anything. */
@Injectable()
export class AdminAuth {
  readonly token: string;

  constructor(@Inject(SERVER_CONFIG) config: ServerConfig) {
    this.token = config.adminToken ?? keptSecret(join(config.dataDir, 'admin-token'));
  }

  /** Compares digests: equal lengths, and a time that says nothing about where two tokens differ. */
  check(request: Request): void {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), digest(this.token))) return;
    throw new ApiError('auth.bearer-needed', 'this needs the header "Authorization: Bearer <admin token>"');
  }

  /** Runs before the body is read, so that a stranger can't make the server hold an upload. */
  readonly beforeBody = (request: Request, _response: Response, next: NextFunction): void => {
    if (!isOpen(request)) this.check(request);
    next();
  };
}

@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly auth: AdminAuth,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const isNeeded = this.reflector.get<boolean | undefined>(NEEDS_ADMIN, context.getHandler());
    if (isNeeded) this.auth.check(context.switchToHttp().getRequest<Request>());
    return true;
  }
}

/** Whoever is on this machine may read the API; from elsewhere, only whether the server is well, and the console's files. */
function isOpen({ method, path, socket }: Request): boolean {
  if (!HARMLESS_METHODS.has(method)) return false;
  return isLoopback(socket.remoteAddress) || path === '/api/health' || !path.startsWith('/api');
}

export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(::ffff:)?127\.|^::1$/.test(address);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
