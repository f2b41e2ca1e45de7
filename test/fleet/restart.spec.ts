import { startServer, type TestServer } from '#test/support/server';
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

  it('is the same fleet after its process ended and began again', async () => {
    world = await HouseholdWorld.open(
      server,
      ['scots', 'whisper'].map((voice) => household(voice)),
    );
    const before = await world.settled(2);
    await world.restartFleet();
    const after = await world.settled(2);
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(await world.campaign(2)).toMatchObject({ state: 'completed' });
  });

  it('goes on with its round when the server is stopped in the middle and started again', async () => {
    world = await HouseholdWorld.open(
      server,
      ['german', 'croak'].map((voice) => household(voice)),
    );
    await world.settled(2);
    const { log } = world;
    const campaign = world.campaign(2, { passes: 4 }).catch((error: unknown) => error);
    while (!log.some((line) => line.endsWith('execution 1')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    server = await server.restart();
    world.moveTo(server);
    await campaign; // it may have asked while nobody answered
    expect(await world.endOfCampaign()).toMatchObject({ state: 'completed' });
  });
});
