import { eventually } from '#test/support/eventually';
import { aBoard, connectMqtt, enrol, enrolled, ScriptedDevice } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';

interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

interface Event {
  readonly subject: string;
  readonly count: number;
}

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.end());

async function tokenOf(quota = 8): Promise<string> {
  const { id } = await server.api.post<{ id: string }>('/fleets', { name: 'kitchens' });
  return tokenFor(id, quota);
}

const tokenFor = async (fleetId: string, quota: number): Promise<string> =>
  (
    await server.api.post<{ token: string }>(`/fleets/${fleetId}/enrolment-tokens`, {
      quota,
      expiresInSeconds: 600,
    })
  ).token;

const devices = (): Promise<Page<{ id: string; uid: string; state: string; isOnline: boolean }>> =>
  server.api.get('/devices');

/** Events are recorded beside the refusal, not before it. */
const event = (code: string): Promise<Event> =>
  eventually(code, async () => (await server.api.get<Page<Event>>(`/events?code=${code}`)).items[0]);

describe('enrolment', () => {
  it('makes a device of a board, with credentials that let it in', async () => {
    const granted = await enrolled(server.mqttUrl, await tokenOf());
    const device = await ScriptedDevice.connect(server.mqttUrl, granted);
    const job = await device.hello();
    expect(job).toMatchObject({ kind: 'wait' });
    const { items } = await devices();
    expect(items).toMatchObject([
      { id: granted.device, uid: aBoard().uid, state: 'enrolled', isOnline: true },
    ]);
    await device.end();
  });

  it('answers the same board the same again, and counts it once', async () => {
    const token = await tokenOf(1);
    const answers = [await enrol(server.mqttUrl, token), await enrol(server.mqttUrl, token)];
    expect(answers[1]).toEqual(answers[0]);
    expect((await devices()).total).toBe(1);
  });

  it('answers the same after a restart', async () => {
    const token = await tokenOf();
    const before = await enrol(server.mqttUrl, token);
    server = await server.restart();
    expect(await enrol(server.mqttUrl, token)).toEqual(before);
  });

  it('refuses another nonce for an enrolled uid as a conflict', async () => {
    const token = await tokenOf();
    const granted = await enrolled(server.mqttUrl, token);
    expect(await enrol(server.mqttUrl, token, aBoard({ nonce: '00'.repeat(8) }))).toMatchObject({
      kind: 'refused',
      status: -3,
    });
    await (await ScriptedDevice.connect(server.mqttUrl, granted)).end();
    expect((await event('enrolment.uid-conflict')).subject).toBe(aBoard().uid);
  });

  it('refuses a wrong token at CONNECT, makes no device and records it once a minute with a count', async () => {
    const token = await tokenOf();
    const wrong = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    for (const given of [wrong, wrong, 'nonsense']) {
      await expect(enrol(server.mqttUrl, given)).rejects.toMatchObject({ code: 4 });
    }
    expect((await devices()).total).toBe(0);
    await eventually('three refusals', async () => (await event('enrolment.wrong-token')).count === 3);
  });

  it('does not let strangers fill the log: beyond a hundred names they share a row', async () => {
    const strangers = Array.from({ length: 120 }, (_, i) => ({
      clientId: `stranger-${i}`,
      username: 'x',
      password: 'y',
    }));
    await Promise.allSettled(strangers.map((stranger) => connectMqtt(server.mqttUrl, stranger)));
    const page = await eventually('a shared row', async () => {
      const events = await server.api.get<Page<Event>>('/events?code=mqtt.unknown-device&take=500');
      return events.items[0]?.count === 20 && events;
    });
    expect([page.total, page.items[0]?.subject]).toEqual([101, '(others)']);
  });

  it('refuses a token that is used up', async () => {
    const token = await tokenOf(1);
    await enrolled(server.mqttUrl, token);
    const second = enrol(server.mqttUrl, token, aBoard({ uid: '00000000000000a2' }));
    await expect(second).rejects.toMatchObject({ code: 4 });
    expect((await event('enrolment.spent-token')).subject).toBe('00000000000000a2');
  });

  it('lets no more boards in than the token is good for, however many come at once', async () => {
    const token = await tokenOf(3);
    const boards = Array.from({ length: 8 }, (_, i) => aBoard({ uid: `00000000000000b${i}` }));
    const outcomes = await Promise.allSettled(boards.map((board) => enrol(server.mqttUrl, token, board)));
    const granted = outcomes.filter((one) => one.status === 'fulfilled' && one.value.kind === 'granted');
    expect(granted.length).toBe(3);
    expect((await devices()).total).toBe(3);
  });

  it('refuses a wrong secret, and a device under another name', async () => {
    const { device, secret } = await enrolled(server.mqttUrl, await tokenOf());
    const stranger = { clientId: device, username: device, password: '0'.repeat(64) };
    await expect(connectMqtt(server.mqttUrl, stranger)).rejects.toMatchObject({ code: 4 });
    const renamed = { clientId: 'd-somebody', username: device, password: secret };
    await expect(connectMqtt(server.mqttUrl, renamed)).rejects.toMatchObject({ code: 4 });
    expect((await event('mqtt.wrong-secret')).subject).toBe(device);
  });
});
