import { readdir } from 'node:fs/promises';

import { digestOf } from '#libs/base/bytes';
import { eventually } from '#test/support/eventually';
import { startServer, type TestServer } from '#test/support/server';
import { smallDataset, smallModelFile } from '#test/support/small-model';

jest.setTimeout(120_000);

interface Version {
  readonly id: string;
  readonly accuracy: number | null;
  readonly evaluatedItems: number | null;
}

interface Model {
  readonly id: string;
  readonly versionId: string;
  readonly versions: readonly Version[];
}

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.end());

const blobs = async (): Promise<string[]> => {
  const entries = await readdir(server.config.dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.parentPath.includes('blobs'))
    .map(({ name }) => name);
};

describe('models', () => {
  it('registers a file and gives it back unchanged', async () => {
    const file = smallModelFile();
    const model = await server.api.post<Model>('/models?name=small', file);
    expect(model).toMatchObject({ name: 'small', inputBytes: 96, classes: 3, notTrainable: null });
    expect(await server.api.bytes(`/model-versions/${model.versionId}/file`)).toEqual(file);
    expect(await blobs()).toEqual([digestOf(file)]);
    expect(await server.api.get('/models')).toMatchObject([{ id: model.id, versionId: model.versionId }]);
  });

  it('refuses a file that is none with its problems, and keeps nothing of it', async () => {
    const cut = smallModelFile().slice(0, 900);
    for (const bytes of [new Uint8Array(100).fill(7), cut]) {
      const { status, body } = await server.api.refused('POST', '/models?name=bad', bytes);
      expect([status, body.code]).toEqual([422, 'model.refused']);
      expect((body['problems'] as unknown[]).length).toBeGreaterThan(0);
    }
    expect(await server.api.get('/models')).toEqual([]);
    await expect(blobs()).resolves.toEqual([]);
  });

  it('refuses a second model of one name, and a name that is none', async () => {
    await server.api.post('/models?name=small', smallModelFile());
    expect((await server.api.refused('POST', '/models?name=small', smallModelFile())).body.code).toBe(
      'model.name-taken',
    );
    expect((await server.api.refused('POST', '/models?name=%22%3Bx', smallModelFile())).body.code).toBe(
      'request.invalid',
    );
    expect((await server.api.refused('POST', '/models?name=empty')).body.code).toBe('request.body-needed');
  });

  it('evaluates a version on the set that is uploaded, with the code that devices run', async () => {
    const { id } = await server.api.post<Model>('/models?name=small', smallModelFile());
    const set = await server.api.post(`/models/${id}/evaluation-set`, smallDataset(12));
    expect(set).toMatchObject({ modelId: id, items: 12 });
    const version = await eventually(
      'an evaluation',
      async () => {
        const [first] = (await server.api.get<Model>(`/models/${id}`)).versions;
        return first?.accuracy !== null && first;
      },
      90_000,
    );
    expect(version.evaluatedItems).toBe(12);
    expect((version.accuracy ?? -1) * 12).toBeCloseTo(Math.round((version.accuracy ?? -1) * 12));
  });

  it('refuses an evaluation set that is none, or is for another model', async () => {
    const { id } = await server.api.post<Model>('/models?name=small', smallModelFile());
    const path = `/models/${id}/evaluation-set`;
    expect((await server.api.refused('POST', path, new Uint8Array(64))).body.code).toBe(
      'evaluation-set.refused',
    );
    const longer = smallDataset(2);
    new DataView(longer.buffer).setUint32(12, 95, true);
    new DataView(longer.buffer).setUint32(8, 2, true);
    expect((await server.api.refused('POST', path, longer.slice(0, 28 + 2 + 190))).body.code).toBe(
      'evaluation-set.refused',
    );
  });
});
