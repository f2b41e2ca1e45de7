import { startServer, type TestServer } from '#test/support/server';
import { exportedAccuracy } from './exported-accuracy';
import { household, HouseholdWorld } from './households';

jest.setTimeout(600_000);

describe('a fleet on a real server', () => {
  let server: TestServer;
  let world: HouseholdWorld | undefined;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await world?.close();
    world = undefined;
    await server.end();
  });

  it('enrols, is programmed, trains and gets better; the board that is too small is refused', async () => {
    const devices = ['scots', 'german', 'french'].map((voice) => household(voice));
    world = await HouseholdWorld.open(server, [...devices, household('croak', { sramBytes: 8_192 })]);
    const settled = await world.settled(4);
    expect(settled.find(({ label }) => label === 'croak')?.state).toBe('refused');

    const campaign = await world.campaign(3);
    expect(campaign).toMatchObject({ state: 'completed' });
    const trained = (await world.report(campaign)).filter(({ label }) => label !== 'croak');
    expect(trained).toHaveLength(3);
    for (const row of trained) {
      expect(row.accuracyPersonalised).toBeGreaterThan((row.accuracyBefore ?? 1) + 0.1);
      expect(row.measuredPeakBytes).toBeGreaterThan(20_000);
      expect(row.measuredPeakBytes).toBeLessThanOrEqual(row.elfPeakBytes ?? 0);
    }
    // The exported file, read back by the reference, is exactly as good as a device said.
    const { accuracyFinalGlobal } = trained.find(({ label }) => label === 'german') ?? {};
    expect(accuracyFinalGlobal).toBe(exportedAccuracy(await world.lastVersion(), 'german'));
  });

  it('a campaign ends although one device loses its power twice and another one falls silent', async () => {
    world = await HouseholdWorld.open(server, [
      household('scots'),
      household('polish', { behaviour: 'killMidSession' }),
      household('spanish', { behaviour: 'neverAnswers' }),
    ]);
    await world.settled(3);
    const campaign = await world.campaign(2, { roundDeadlineSeconds: 20 });
    expect(campaign.state).toMatch(/^completed/);
    const report = await world.report(campaign);
    const personalised = (name: string) => report.find(({ label }) => label === name)?.accuracyPersonalised;
    expect(personalised('scots')).toBeGreaterThan(0.9);
    expect(personalised('polish')).toBeGreaterThan(0.9);
    expect(personalised('spanish')).toBeNull();
    expect(world.log.filter((line) => line.startsWith('polish: start '))).toHaveLength(4);
  });
});
