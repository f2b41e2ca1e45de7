import { DatabaseSync } from 'node:sqlite';

import { encodeDataset } from '#libs/model/dataset';
import { ambiguousModelFile } from '#test/support/ambiguous-model';
import { eventually } from '#test/support/eventually';
import { GraphBuilder } from '#test/support/graph-builder';
import { fileOf } from '#test/support/number-models';
import { startServer, type TestServer } from '#test/support/server';
import { smallDataset, smallModelFile } from '#test/support/small-model';

jest.setTimeout(60_000);

const SIDE = 6;

interface Model {
  readonly id: string;
  readonly objective: string;
  readonly classes: number | null;
  readonly notTrainable: string | null;
  readonly measure: { readonly name: string; readonly loss: { readonly perUnit: number } };
}

interface Version {
  readonly score: number | null;
}

/** Of the graph builder, as a file holds it. */
const OUTPUT_SCALE = Math.fround(0.05);

/** Nothing that training could compare: it reads one input. */
function modelOfTwoInputs(): Uint8Array {
  const builder = new GraphBuilder('sum');
  const sum = builder.add('sum', builder.input([1, SIDE]), builder.input([1, SIDE]));
  return fileOf(builder.build(builder.fullyConnected('fc', sum, { channels: 1 })));
}

const campaign = (fleetId: string, changes: object = {}) => ({
  fleetId,
  name: 'first',
  rounds: 1,
  passes: 1,
  learningRate: 0.01,
  seed: 7,
  quorum: 1,
  roundDeadlineSeconds: 60,
  ...changes,
});

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.end());

async function fleetWith(name: string, modelId: string): Promise<string> {
  const { id } = await server.api.post<{ id: string }>('/fleets', { name });
  await server.api.put(`/fleets/${id}/model`, { modelId });
  return id;
}

/** As an older server left it. */
function edit(sql: string): void {
  const database = new DatabaseSync(server.config.databaseUrl.slice('file:'.length));
  database.exec(sql);
  database.close();
}

/** With a model that could learn two things, told one. */
async function fleetOf(objective: string, name = objective): Promise<string> {
  const path = `/models?name=${name}&objective=${objective}`;
  return fleetWith(name, (await server.api.post<Model>(path, ambiguousModelFile(SIDE))).id);
}

describe('what a model is to learn', () => {
  it('is settled when it is registered: what it looks like, or what was said', async () => {
    const looks = await server.api.post<Model>('/models?name=looks', ambiguousModelFile(SIDE));
    expect(looks).toMatchObject({ objective: 'reconstruct', classes: null, notTrainable: null });
    expect(looks.measure).toMatchObject({ name: 'meanSquaredError', better: 'lower' });
    const said = await server.api.post<Model>(
      '/models?name=said&objective=classify',
      ambiguousModelFile(SIDE),
    );
    expect(said).toMatchObject({ objective: 'classify', classes: SIDE, notTrainable: null });
    expect(said.measure).toMatchObject({ name: 'accuracy', better: 'higher' });
    expect(await server.api.get(`/models/${said.id}`)).toMatchObject({ objective: 'classify' });
  });

  it('must be something that it can do', async () => {
    const refused = async (objective: string, file: Uint8Array) =>
      (await server.api.refused('POST', `/models?name=no&objective=${objective}`, file)).body.code;
    expect(await refused('regress', smallModelFile())).toBe('objective.several-numbers');
    expect(await refused('reconstruct', smallModelFile())).toBe('objective.shapes-differ');
    expect(await refused('guess', smallModelFile())).toBe('request.invalid');
  });

  it('is what campaigns are measured by, and says what they publish where nothing else is said', async () => {
    const drafted = async (objective: string, changes: object = {}) =>
      server.api.post<object>('/campaigns', campaign(await fleetOf(objective), changes));
    expect(await drafted('reconstruct')).toMatchObject({
      state: 'draft',
      publishing: 'better',
      measure: { name: 'meanSquaredError', unit: 'squaredOutput', better: 'lower' },
    });
    expect(await drafted('classify')).toMatchObject({
      publishing: 'every',
      measure: { name: 'accuracy', unit: 'fraction', better: 'higher' },
    });
    const told = campaign(await fleetOf('reconstruct', 'told'), { publishing: 'every' });
    expect(await server.api.post('/campaigns', told)).toMatchObject({ publishing: 'every' });
    const careful = campaign(await fleetOf('classify', 'careful'), { publishing: 'better' });
    expect(await server.api.post('/campaigns', careful)).toMatchObject({ publishing: 'better' });
  });

  it('leaves no other word for what is published than the two', async () => {
    const fleet = await fleetOf('reconstruct');
    for (const publishing of ['', 'EVERY', 'none', 1, true, ['every'], { every: 'every' }, '__proto__']) {
      const { status, body } = await server.api.refused(
        'POST',
        '/campaigns',
        campaign(fleet, { publishing }),
      );
      expect([status, body.code]).toEqual([400, 'request.invalid']);
    }
  });

  it('must have classes where every class is to be met as often as any other', async () => {
    const balanced = campaign(await fleetOf('reconstruct'), { itemOrder: 'balanced' });
    const { status, body } = await server.api.refused('POST', '/campaigns', balanced);
    expect([status, body.code]).toEqual([422, 'campaign.no-classes']);
  });

  it('must be something that a device can learn', async () => {
    const { id, notTrainable } = await server.api.post<Model>('/models?name=sum', modelOfTwoInputs());
    expect(notTrainable).toContain('2 inputs');
    const { status, body } = await server.api.refused(
      'POST',
      '/campaigns',
      campaign(await fleetWith('sum', id)),
    );
    expect([status, body.code]).toEqual([409, 'model.not-trainable']);
    const set = await server.api.refused('POST', `/models/${id}/evaluation-set`, smallDataset());
    expect([set.status, set.body.code]).toEqual([422, 'evaluation-set.refused']);
  });

  it('is found out anew of models that an older server registered', async () => {
    const { id } = await server.api.post<Model>('/models?name=old', ambiguousModelFile(SIDE));
    edit(`UPDATE Model SET factsVersion = 0, outputScale = 1, notTrainable = 'it gives numbers'`);
    server = await server.restart();
    const model = await server.api.get<Model>(`/models/${id}`);
    expect(model.notTrainable).toBeNull();
    expect(model.measure.loss.perUnit).toBe(OUTPUT_SCALE ** 2 / 16);
  });

  it('is what versions are evaluated by that an older server took for classifiers, and counted right answers of', async () => {
    const { id } = await server.api.post<Model>('/models?name=old', ambiguousModelFile(SIDE));
    const set = encodeDataset({
      classes: 1,
      itemBytes: SIDE,
      adaptCount: 0,
      scale: OUTPUT_SCALE,
      zeroPoint: 0,
      labels: new Uint8Array(4),
      elements: Int8Array.from({ length: 4 * SIDE }, (_, i) => 5 * i - 60),
    });
    await server.api.post(`/models/${id}/evaluation-set`, set);
    const score = () =>
      eventually('the version is evaluated', async () => {
        const { versions } = await server.api.get<{ versions: readonly Version[] }>(`/models/${id}`);
        return versions[0]?.score ?? undefined;
      });
    const error = await score();
    expect(error).toBeGreaterThan(0);
    edit(`UPDATE Model SET factsVersion = 0;
      UPDATE ModelVersion SET evaluatedItems = 4, evaluatedRight = 3, evaluatedLossSum = NULL`);
    server = await server.restart();
    expect(await score()).toBe(error);
  });

  it('does not keep a server from starting where a file is gone', async () => {
    const { id } = await server.api.post<Model>('/models?name=lost', ambiguousModelFile(SIDE));
    edit(`UPDATE Model SET factsVersion = 0; UPDATE ModelVersion SET fileDigest = '${'0'.repeat(64)}'`);
    server = await server.restart();
    expect(await server.api.get(`/models/${id}`)).toMatchObject({ name: 'lost' });
  });
});
