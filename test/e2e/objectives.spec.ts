import { ambiguousModelFile } from '#test/support/ambiguous-model';
import { startServer, type TestServer } from '#test/support/server';
import { smallModelFile } from '#test/support/small-model';

jest.setTimeout(60_000);

const SIDE = 6;

interface Model {
  readonly id: string;
  readonly objective: string;
  readonly classes: number | null;
  readonly notTrainable: string | null;
}

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.end());

describe('what a model is to learn', () => {
  it('is settled when it is registered: what it looks like, or what was said', async () => {
    const looks = await server.api.post<Model>('/models?name=looks', ambiguousModelFile(SIDE));
    expect(looks).toMatchObject({ objective: 'reconstruct', classes: null });
    expect(looks.notTrainable).not.toBeNull();
    const said = await server.api.post<Model>(
      '/models?name=said&objective=classify',
      ambiguousModelFile(SIDE),
    );
    expect(said).toMatchObject({ objective: 'classify', classes: SIDE, notTrainable: null });
    expect(await server.api.get(`/models/${said.id}`)).toMatchObject({ objective: 'classify' });
  });

  it('must be something that it can do', async () => {
    const refused = async (objective: string, file: Uint8Array) =>
      (await server.api.refused('POST', `/models?name=no&objective=${objective}`, file)).body.code;
    expect(await refused('regress', smallModelFile())).toBe('objective.several-numbers');
    expect(await refused('reconstruct', smallModelFile())).toBe('objective.shapes-differ');
    expect(await refused('guess', smallModelFile())).toBe('request.invalid');
  });

  it('must be classes for a campaign', async () => {
    const fleetOf = async (objective: string) => {
      const { id: modelId } = await server.api.post<Model>(
        `/models?name=${objective}&objective=${objective}`,
        ambiguousModelFile(SIDE),
      );
      const { id } = await server.api.post<{ id: string }>('/fleets', { name: objective });
      await server.api.put(`/fleets/${id}/model`, { modelId });
      return id;
    };
    const settings = {
      rounds: 1,
      passes: 1,
      learningRate: 0.01,
      seed: 7,
      quorum: 1,
      roundDeadlineSeconds: 60,
    };
    const campaign = (fleetId: string) => ({ fleetId, name: 'first', ...settings });
    const again = campaign(await fleetOf('reconstruct'));
    const { status, body } = await server.api.refused('POST', '/campaigns', again);
    expect([status, body.code]).toEqual([409, 'model.not-trainable']);
    expect(await server.api.post('/campaigns', campaign(await fleetOf('classify')))).toMatchObject({
      state: 'draft',
    });
  });
});
