import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

import { AdminAuth } from './admin-auth';
import { serveConsole } from './console';
import { MAX_UPLOAD_BYTES } from './raw-body';

const MAX_JSON_BYTES = 64 * 1024;

/** What every request goes through before its handler, in this order. */
export function configureHttp(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  app.setGlobalPrefix('api');
  app.use(app.get(AdminAuth).beforeBody);
  app.useBodyParser('json', { limit: MAX_JSON_BYTES });
  app.useBodyParser('raw', { type: 'application/octet-stream', limit: MAX_UPLOAD_BYTES });
  describeApi(app);
  serveConsole(app);
}

function describeApi(app: NestExpressApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Fleetlearn')
    .setDescription(
      'Every change needs `Authorization: Bearer <admin token>`. A refusal is `{ code, message, … }`.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, description));
}
