import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';

import { repositoryRoot } from '../config/repository-root';

const CONSOLE_FOLDER = join(repositoryRoot, 'dist', 'console');

const WITHOUT_CONSOLE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Fleetlearn</title>
<body><h1>Fleetlearn</h1>
<p>The server runs. The console was not built with it; the API is described at <a href="/api/docs">/api/docs</a>.</p>
</body></html>
`;

const PAGE = 'index.html';

/** Addresses of the console have no extension; what has one is a file, there or not. */
const isPage = ({ method, path }: Request): boolean =>
  method === 'GET' && !/^\/api(\/|$)/.test(path) && !/\.\w+$/.test(path);

/** The admin console at `/`: files where they are, and for every other address its one page, which routes by itself. */
export function serveConsole(app: NestExpressApplication): void {
  const isBuilt = existsSync(join(CONSOLE_FOLDER, PAGE));
  if (isBuilt) app.useStaticAssets(CONSOLE_FOLDER, { index: false });
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (!isPage(request)) next();
    else if (isBuilt) response.sendFile(PAGE, { root: CONSOLE_FOLDER });
    else response.type('html').send(WITHOUT_CONSOLE);
  });
}
