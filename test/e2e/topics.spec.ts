import { connect } from 'node:net';
import { once } from 'node:events';

import type { IClientOptions, MqttClient } from 'mqtt';

import { type DeviceAddress, downFilter, downTopic, type EnrolGranted, upTopic } from '#libs/fleet/protocol';
import { eventually } from '#test/support/eventually';
import { aBoard, connectMqtt, enrolled } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';

let server: TestServer;
let token: string;
let own: EnrolGranted;
let other: EnrolGranted;

beforeEach(async () => {
  server = await startServer();
  const { id } = await server.api.post<{ id: string }>('/fleets', { name: 'kitchens' });
  const wanted = { quota: 8, expiresInSeconds: 600 };
  token = (await server.api.post<{ token: string }>(`/fleets/${id}/enrolment-tokens`, wanted)).token;
  own = await enrolled(server.mqttUrl, token);
  other = await enrolled(server.mqttUrl, token, aBoard({ uid: '00000000000000a2' }));
});
afterEach(() => server.end());

const login = ({ device, secret }: EnrolGranted, more: IClientOptions = {}): Promise<MqttClient> =>
  connectMqtt(server.mqttUrl, { clientId: device, username: device, password: secret, ...more });

const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => void client.once('close', () => resolve()));

const isRecorded = (code: string): Promise<boolean> =>
  eventually(code, async () => (await server.api.get<{ total: number }>(`/events?code=${code}`)).total > 0);

/** Everything that a device is sent; used as a witness that nothing came. */
async function listener(granted: EnrolGranted): Promise<{ client: MqttClient; topics: string[] }> {
  const client = await login(granted);
  const topics: string[] = [];
  client.on('message', (topic) => topics.push(topic));
  await client.subscribeAsync(downFilter(granted));
  return { client, topics };
}

describe('topics', () => {
  it.each([
    ["another device's report", (address: DeviceAddress) => upTopic(address, 'hello')],
    ["another device's orders", (address: DeviceAddress) => downTopic(address, 'job')],
    ['a topic of nobody', () => 'anything/else'],
    ['a topic of the broker', () => '$SYS/broker/new/clients'],
  ])('closes the connection that publishes on %s, and delivers nothing', async (_, topic) => {
    const witness = await listener(other);
    const client = await login(own);
    client.publish(topic(other), 'x');
    await closed(client);
    await isRecorded('mqtt.publish-refused');
    expect(witness.topics).toEqual([]);
    await witness.client.endAsync(true);
  });

  it.each([
    ["another device's orders", () => downTopic(other, 'job')],
    ['all orders of all devices', () => 'fl/1/+/+/dn/+'],
    ['everything', () => '#'],
    ['everything of its own', () => `fl/1/${own.fleet}/${own.device}/#`],
    ['a topic of the broker', () => '$SYS/#'],
  ])('closes the connection that subscribes to %s', async (_, filter) => {
    const client = await login(own);
    const isClosed = closed(client);
    client.subscribe(filter());
    await isClosed;
    expect(await isRecorded('mqtt.subscribe-refused')).toBe(true);
  });

  it('refuses a connection whose will is on a topic of another', async () => {
    const will = {
      topic: upTopic(other, 'hello'),
      payload: Buffer.from('x'),
      qos: 0,
      retain: false,
    } as const;
    await expect(login(own, { will })).rejects.toMatchObject({ code: 5 });
    await isRecorded('mqtt.will-refused');
  });

  it('closes the connection that publishes a retained message, which would outlive it', async () => {
    const client = await login(own);
    client.publish(upTopic(own, 'hello'), 'x', { retain: true });
    await closed(client);
    expect(await isRecorded('mqtt.flags-refused')).toBe(true);
  });

  it('gives a board that enrols its own two topics only', async () => {
    const uid = '00000000000000a3';
    const client = await connectMqtt(server.mqttUrl, { clientId: uid, username: 'enrol', password: token });
    const isClosed = closed(client);
    client.subscribe('fl/1/prov/00000000000000a4/rsp');
    await isClosed;
    expect(await isRecorded('mqtt.subscribe-refused')).toBe(true);
  });

  it('records a payload that is not what the protocol says, and keeps the connection', async () => {
    const client = await login(own);
    await client.publishAsync(upTopic(own, 'hello'), Buffer.from([0xa1, 0x01]));
    await isRecorded('protocol.truncated');
    expect(client.connected).toBe(true);
    await client.endAsync(true);
  });
});

describe('the limits of a connection', () => {
  const socketTo = () => connect(Number(new URL(server.mqttUrl).port), '127.0.0.1');

  it('closes a connection that declares a packet longer than the protocol has, before its body comes', async () => {
    const socket = socketTo();
    await once(socket, 'connect');
    socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('closes the connection of a device that publishes more than a payload may have', async () => {
    const client = await login(own);
    client.publish(upTopic(own, 'delta'), Buffer.alloc(4_096));
    await closed(client);
    expect(client.connected).toBe(false);
  });

  it.each([
    ['a packet before CONNECT', Buffer.from([0xc0, 0x00])],
    ['reserved flags', Buffer.from([0x15, 0x00])],
    ['rubbish', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('survives %s', async (_, bytes) => {
    const socket = socketTo();
    await once(socket, 'connect');
    socket.write(bytes);
    await once(socket, 'close');
    expect(await server.api.get('/health')).toEqual({ status: 'ok' });
  });

  it('does not take a keep-alive longer than it grants', async () => {
    await expect(login(own, { keepalive: 3_600 })).rejects.toThrow(/refused|closed/i);
  });
});
