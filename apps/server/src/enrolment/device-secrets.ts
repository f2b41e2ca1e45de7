import { createHmac } from 'node:crypto';
import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';

import { keptSecret } from '../config/kept-secret';
import { SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';

/**
 * A device's secret is HMAC(server key, uid | nonce): a board that asks again with the same nonce gets the same
 * answer, although the database keeps nothing but the secret's SHA-256. The key is in `<data dir>/server-key`.
 */
@Injectable()
export class DeviceSecrets {
  private readonly key: string;

  constructor(@Inject(SERVER_CONFIG) config: ServerConfig) {
    this.key = keptSecret(join(config.dataDir, 'server-key'));
  }

  of(uid: string, nonce: string): string {
    return createHmac('sha256', this.key).update(`${uid}|${nonce}`).digest('hex');
  }
}
