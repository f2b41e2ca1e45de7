import { readdir } from 'node:fs/promises';

import { digestOf } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { inferenceGraph } from '#libs/firmware/program';
import { tensorOf } from '#libs/model/ir';
import { classifierOf } from '#libs/model/passes';
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

describe('a model with a new head', () => {
  const labels = ['on', 'off', 'up', 'down', 'other'];

  /** The weights of the last layer, a row a class. */
  const rowsOf = (file: Uint8Array): Int8Array => {
    const graph = unwrap(inferenceGraph(file, 'small'));
    const { dense, classes } = unwrap(classifierOf(graph));
    const { data, shape } = tensorOf(graph, dense.weights);
    expect(shape[0]).toBe(classes);
    return new Int8Array(data ?? []);
  };
  const fileOf = ({ versionId }: Model) => server.api.bytes(`/model-versions/${versionId}/file`);

  it('has its classes and their names from its first version on, and is evaluated', async () => {
    const model = await server.api.post<Model>(
      `/models?name=small&labels=${labels.join()}`,
      smallModelFile(),
    );
    expect(model).toMatchObject({ classes: 5, labels, notTrainable: null, versions: [{ number: 1 }] });
    expect(await server.api.get('/models')).toMatchObject([{ id: model.id, classes: 5, labels }]);
    expect(rowsOf(await fileOf(model))).toHaveLength(5 * 4);
    await server.api.post(`/models/${model.id}/evaluation-set`, smallDataset(12));
    await eventually(
      'an evaluation',
      async () => (await server.api.get<Model>(`/models/${model.id}`)).versions[0]?.accuracy !== null,
      90_000,
    );
  });

  it('keeps the rows of known classes where it is asked to, and draws the others from the seed', async () => {
    const [known, ...seeds] = await Promise.all(
      [
        'name=known',
        'name=a&classes=5&keep=true&seed=3',
        'name=b&classes=5&seed=3',
        'name=c&classes=5&seed=4',
      ].map(async (query) =>
        rowsOf(await fileOf(await server.api.post<Model>(`/models?${query}`, smallModelFile()))),
      ),
    );
    const [kept, three, four] = seeds;
    expect(kept?.subarray(0, 12)).toEqual(known);
    expect(kept?.subarray(12)).toEqual(three?.subarray(0, 8));
    expect(three).not.toEqual(four);
  });

  it('only gets names where all its classes are kept and none is added', async () => {
    const file = smallModelFile();
    const model = await server.api.post<Model>('/models?name=small&labels=a,b,c&keep=true', file);
    expect(model).toMatchObject({ classes: 3, labels: ['a', 'b', 'c'] });
    expect(await fileOf(model)).toEqual(file);
  });

  it.each([
    ['classes=1', 'head.bad-classes'],
    ['classes=257', 'head.bad-classes'],
    ['classes=4&labels=a,b,c', 'head.label-count'],
    ['labels=a,b,a', 'head.duplicate-labels'],
    ['labels=a,,b', 'head.bad-label'],
    ['classes=2&keep=true', 'head.keep-drops'],
    ['classes=4&seed=-1', 'head.bad-seed'],
  ] as const)('is refused, and nothing is kept of it: %s', async (query, code) => {
    const { status, body } = await server.api.refused(
      'POST',
      `/models?name=small&${query}`,
      smallModelFile(),
    );
    expect([status, body.code]).toEqual([422, code]);
    expect(await server.api.get('/models')).toEqual([]);
    await expect(blobs()).resolves.toEqual([]);
  });

  it('is refused as a request where its parameters are none', async () => {
    for (const query of ['classes=many', 'classes=2.5', 'keep=perhaps', 'seed=x']) {
      const { body } = await server.api.refused('POST', `/models?name=small&${query}`, smallModelFile());
      expect(body.code).toBe('request.invalid');
    }
  });
});
