import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '#libs/model/ir';
import { fileOf, inputOf, type Waves, waves } from '#test/support/number-models';
import { startServer, type TestServer } from '#test/support/server';
import { autoencoder, regressor } from '#test/support/trained-operators';
import { exportedError } from './exported-error';
import { type CampaignView, household, HouseholdWorld } from './households';

jest.setTimeout(180_000);

interface Execution {
  readonly id: number;
  readonly rightBefore?: number;
  readonly lossBefore: number;
  readonly passLosses?: readonly number[];
  readonly scoreBefore: number | null;
}

interface Details extends CampaignView {
  readonly baseVersionId: string;
  readonly publishing: string;
  readonly measure: { readonly name: string; readonly better: string; readonly loss: { perUnit: number } };
  readonly roundDetails: readonly { readonly executions: readonly Execution[] }[];
}

interface Frame {
  readonly phase: string;
  readonly done: number;
  readonly loss: number;
  readonly right: number;
}

/** Models that give numbers, on devices that run the generated code. */
describe('a fleet whose model tells no classes apart', () => {
  let server: TestServer;
  let world: HouseholdWorld | undefined;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-numbers-'));
    server = await startServer();
  });
  afterEach(async () => {
    await world?.close();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const samplesOf = (label: string): string => join(folder, `${label}.flds`);

  async function open(graph: Graph, some: Omit<Waves, 'seed'>): Promise<HouseholdWorld> {
    const devices = ['pump', 'fan'].map((label, seed) => {
      writeFileSync(samplesOf(label), waves(graph, { ...some, seed }));
      return household(label, { samples: { kind: 'file', path: samplesOf(label) } });
    });
    const model = { name: graph.name, file: () => fileOf(graph), input: inputOf(graph) };
    world = await HouseholdWorld.open(server, devices, model);
    await world.settled(devices.length);
    return world;
  }

  const detailsOf = ({ id }: CampaignView): Promise<Details> => server.api.get(`/campaigns/${id}`);

  it('learns to give its input again; the devices say whether the version that came of it is published', async () => {
    const fleet = await open(autoencoder(1), { items: 60, adaptCount: 40 });
    const campaign = await fleet.campaign(2, { rounds: 2, passes: 3, learningRate: 0.1 });
    expect(campaign).toMatchObject({ state: 'completed' });
    const details = await detailsOf(campaign);
    expect(details).toMatchObject({
      publishing: 'better',
      measure: { name: 'meanSquaredError', better: 'lower' },
    });

    const report = await fleet.report(campaign);
    const file = await fleet.lastVersion();
    for (const { label, scoreBefore, scorePersonalised, scoreFinalGlobal, ...row } of report) {
      expect(scoreFinalGlobal).toBe(exportedError(file, new Uint8Array(readFileSync(samplesOf(label)))));
      expect(scoreFinalGlobal).toBeLessThan(scoreBefore! / 4);
      expect(scorePersonalised).toBeLessThan(scoreBefore! / 4);
      expect([row.accuracyBefore, row.accuracyPersonalised, row.accuracyFinalGlobal]).toEqual([
        null,
        null,
        null,
      ]);
    }

    // The version between was a step on the way: devices were asked about the last one.
    const [uploaded, between, last] = await fleet.versions();
    expect(uploaded).toMatchObject({ judgement: null, accuracy: null });
    expect(between).toMatchObject({ publishedAt: null, judgement: null });
    expect(last?.publishedAt).not.toBeNull();
    const meanOf = (scores: readonly (number | null)[]): number => (scores[0]! + scores[1]!) / 2;
    expect(last?.judgement?.on).toBe('devices');
    expect(last?.judgement?.before).toBeCloseTo(meanOf(report.map(({ scoreBefore }) => scoreBefore)), 12);
    expect(last?.judgement?.after).toBeCloseTo(meanOf(report.map(({ scoreFinalGlobal: one }) => one)), 12);

    const [execution] = details.roundDetails[0]!.executions;
    expect(execution).not.toHaveProperty('rightBefore');
    expect(execution!.passLosses).toHaveLength(3);
    expect(execution!.scoreBefore).toBe(execution!.lossBefore * details.measure.loss.perUnit);
    const { items } = await server.api.get<{ items: readonly Frame[] }>(
      `/telemetry?executionId=${execution!.id}`,
    );
    const training = items.filter(({ phase, done }) => phase === 'training' && done > 0);
    expect(training.length).toBeGreaterThan(0);
    for (const { loss, right } of training) {
      expect(loss).toBeGreaterThan(0);
      expect(right).toBe(0);
    }
  });

  it('learns one number; with an evaluation set the server says what is published, round by round', async () => {
    const wanted = { items: 60, adaptCount: 40, labels: [100, -100] } as const;
    const fleet = await open(regressor(1), wanted);
    const set = waves(regressor(1), { ...wanted, adaptCount: 0, seed: 9 });
    await fleet.saveEvaluationSet(set);
    const campaign = await fleet.campaign(2, { passes: 3, learningRate: 1 });
    expect(campaign).toMatchObject({ state: 'completed' });
    const [uploaded, made] = await fleet.versions();
    expect(made).toMatchObject({ judgement: { on: 'evaluationSet' }, accuracy: null });
    expect(made!.publishedAt).not.toBeNull();
    const { before, after } = made!.judgement!;
    expect(after).toBeLessThan(before / 2);
    expect(Math.abs(after - exportedError(await fleet.lastVersion(), set))).toBeLessThan(1e-6);
    expect(uploaded?.score).toBe(before);
  });
});
