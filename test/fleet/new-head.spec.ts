import { startServer, type TestServer } from '#test/support/server';
import { exportedAccuracy } from './exported-accuracy';
import { household, HouseholdWorld, KWS_DIGITS } from './households';

jest.setTimeout(600_000);

const LABELS = 'null,eins,zwei,drei,vier,fünf,sechs,sieben,acht,neun';

describe('a fleet whose model has a new head', () => {
  let server: TestServer;
  let world: HouseholdWorld | undefined;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await world?.close();
    await server.end();
  });

  it('learns labels that the factory never saw, and shares them', async () => {
    const devices = ['scots', 'german'].map((voice) => household(voice));
    world = await HouseholdWorld.open(server, devices, { ...KWS_DIGITS, labels: LABELS });
    await world.settled(2);
    const campaign = await world.campaign(2, { passes: 4, learningRate: 0.05 });
    expect(campaign).toMatchObject({ state: 'completed' });
    const report = await world.report(campaign);
    expect(report).toHaveLength(2);
    const file = await world.lastVersion();
    for (const { label, accuracyBefore, accuracyPersonalised, accuracyFinalGlobal } of report) {
      expect(accuracyBefore).toBeLessThan(0.25);
      expect(accuracyPersonalised).toBeGreaterThan(0.8);
      expect(accuracyFinalGlobal).toBeGreaterThan(0.5);
      expect(accuracyFinalGlobal).toBe(exportedAccuracy(file, label));
    }
  });
});
