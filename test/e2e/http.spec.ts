import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { startServer, type TestServer } from '#test/support/server';

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.end());

describe('the HTTP API', () => {
  it('says that it is well', async () => {
    expect(await server.api.get('/health')).toEqual({ status: 'ok' });
  });

  it.each([
    ['POST', '/fleets'],
    ['POST', '/models?name=x'],
    ['PUT', '/fleets/f-1/model'],
    ['POST', '/campaigns/c-1/start'],
    ['GET', '/devices/d-1/image'],
    ['GET', '/model-versions/v-1/parameters'],
    ['GET', '/images/enrol?board=virtual-m4'],
  ])('refuses %s %s without the admin token', async (method, path) => {
    const { status, body } = await server.api
      .stranger()
      .refused(method, path, method === 'GET' ? undefined : {});
    expect([status, body.code]).toEqual([401, 'auth.bearer-needed']);
  });

  it('keeps the admin token in a file that only its owner reads', async () => {
    const { mode } = await stat(join(server.config.dataDir, 'admin-token'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('names every problem of a request, and refuses what it does not know', async () => {
    const { status, body } = await server.api.refused('POST', '/campaigns', { rounds: 0, surprise: 1 });
    expect([status, body.code]).toEqual([400, 'request.invalid']);
    expect(body['problems']).toEqual(expect.arrayContaining(['property surprise should not exist']));
    expect((body['problems'] as string[]).length).toBeGreaterThan(6);
  });

  it('answers with a code where there is nothing', async () => {
    const { status, body } = await server.api.refused('GET', '/devices/d-nobody');
    expect([status, body.code]).toEqual([404, 'device.not-found']);
    expect((await server.api.refused('GET', '/nothing')).status).toBe(404);
  });

  it('refuses JSON that is none, and a body that is too long', async () => {
    const broken = await fetch(`${server.httpUrl}/api/fleets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: '{',
    });
    expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([
      400,
      'request.invalid',
    ]);
    const long = await server.api.refused('POST', '/models?name=long', new Uint8Array(17 * 1024 * 1024));
    expect([long.status, long.body.code]).toEqual([413, 'request.too-large']);
  });

  it('does not start on a port that another has, and leaves nothing open', async () => {
    const port = Number(new URL(server.mqttUrl).port);
    await expect(startServer({ mqttPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('describes itself', async () => {
    const { paths } = await server.api.get<{ paths: Record<string, unknown> }>('/docs-json');
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/campaigns/{id}/report', '/api/devices']),
    );
  });

  it('shows a page at the root and at every address of the console', async () => {
    for (const path of ['/', '/campaigns/c-1']) {
      const response = await fetch(`${server.httpUrl}${path}`);
      expect(response.headers.get('content-type')).toContain('text/html');
    }
    expect((await fetch(`${server.httpUrl}/assets/gone.js`)).status).toBe(404);
  });

  it('refuses two fleets of one name', async () => {
    await server.api.post('/fleets', { name: 'kitchens' });
    const { status, body } = await server.api.refused('POST', '/fleets', { name: 'kitchens' });
    expect([status, body.code]).toEqual([409, 'fleet.name-taken']);
  });
});
