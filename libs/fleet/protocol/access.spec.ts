import fc from 'fast-check';
import {
  DOWN_MESSAGES,
  downFilter,
  downTopic,
  enrolAnswerTopic,
  enrolTopic,
  mayPublish,
  maySubscribe,
  parseDeviceId,
  parseFleetId,
  parseTopic,
  UP_MESSAGES,
  upTopic,
  type BoardUid,
  type DeviceId,
  type FleetId,
  type Identity,
} from './index';

const uid = '0123456789abcdef' as BoardUid;
const address = { fleet: 'berlin' as FleetId, device: 'dev-1' as DeviceId };
const other = { fleet: 'berlin' as FleetId, device: 'dev-2' as DeviceId };
const board: Identity = { kind: 'enrolling', uid };
const device: Identity = { kind: 'device', ...address };
const server: Identity = { kind: 'server' };

describe('topics', () => {
  it('are parsed to what they were built from', () => {
    expect(parseTopic(enrolTopic(uid))).toEqual({ kind: 'enrol', uid });
    expect(parseTopic(enrolAnswerTopic(uid))).toEqual({ kind: 'enrolAnswer', uid });
    for (const message of UP_MESSAGES) {
      expect(parseTopic(upTopic(address, message))).toEqual({ kind: 'up', address, message });
    }
    for (const message of DOWN_MESSAGES) {
      expect(parseTopic(downTopic(address, message))).toEqual({ kind: 'down', address, message });
    }
  });

  it.each([
    '',
    'fl/1',
    '$SYS/broker/uptime',
    'fl/2/berlin/dev-1/up/hello',
    'fl/1/berlin/dev-1/up/hello/',
    'fl/1/berlin/dev-1/up/hello/x/y/z',
    'fl/1/berlin/dev-1/up/+',
    'fl/1/berlin/dev-1/up/job',
    'fl/1/berlin/dev-1/dn/hello',
    'fl/1/Berlin/dev-1/up/hello',
    'fl/1/berlin//up/hello',
    `fl/1/${'a'.repeat(33)}/dev-1/up/hello`,
    'fl/1/prov/dev-1/up/hello',
    'fl/1/prov/0123456789ABCDEF/req',
    'fl/1/prov/0123456789abcde/req',
    'fl/1/prov/0123456789abcdef/reqs',
    'fl/1/+/+/up/+',
  ])('%s is none of them', (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });

  it('do not let a fleet be called prov', () => {
    expect(parseFleetId('prov')).toBeUndefined();
    expect(parseFleetId('provence')).toBe('provence');
    expect(parseDeviceId('a\n')).toBeUndefined();
  });
});

describe('access', () => {
  const all = [
    enrolTopic(uid),
    enrolAnswerTopic(uid),
    enrolTopic('ffffffffffffffff' as BoardUid),
    enrolAnswerTopic('ffffffffffffffff' as BoardUid),
    ...[address, other, { fleet: 'paris' as FleetId, device: address.device }].flatMap((one) => [
      ...UP_MESSAGES.map((message) => upTopic(one, message)),
      ...DOWN_MESSAGES.map((message) => downTopic(one, message)),
    ]),
  ];

  it('lets a board that enrols send its request and nothing else', () => {
    expect(all.filter((topic) => mayPublish(board, topic))).toEqual([enrolTopic(uid)]);
    expect(all.filter((topic) => maySubscribe(board, topic))).toEqual([enrolAnswerTopic(uid)]);
  });

  it('lets a device speak and hear only as itself', () => {
    expect(all.filter((topic) => mayPublish(device, topic))).toEqual(
      UP_MESSAGES.map((m) => upTopic(address, m)),
    );
    expect(all.filter((topic) => maySubscribe(device, topic))).toEqual(
      DOWN_MESSAGES.map((m) => downTopic(address, m)),
    );
  });

  it('allows a device one wildcard, dn/+ of its own', () => {
    expect(maySubscribe(device, downFilter(address))).toBe(true);
    const filters = [
      '#',
      '+',
      '$SYS/#',
      'fl/#',
      'fl/1/berlin/+/dn/+',
      'fl/1/berlin/dev-1/#',
      'fl/1/berlin/dev-1/+/+',
    ];
    for (const filter of [...filters, downFilter(other), 'fl/1/prov/+/req', 'fl/1/prov/+/rsp']) {
      expect([filter, maySubscribe(device, filter), maySubscribe(board, filter)]).toEqual([
        filter,
        false,
        false,
      ]);
    }
  });

  it('lets the server hear devices and answer them', () => {
    expect(maySubscribe(server, 'fl/1/+/+/up/+')).toBe(true);
    expect(maySubscribe(server, 'fl/1/prov/+/req')).toBe(true);
    expect(maySubscribe(server, '#')).toBe(false);
    expect(mayPublish(server, downTopic(address, 'job'))).toBe(true);
    expect(mayPublish(server, enrolAnswerTopic(uid))).toBe(true);
    expect(mayPublish(server, upTopic(address, 'hello'))).toBe(false);
  });

  it('refuses any other text', () => {
    fc.assert(
      fc.property(fc.string(), (topic) => {
        expect(
          [board, device, server].some((who) => mayPublish(who, topic) || maySubscribe(who, topic)),
        ).toBe(false);
      }),
    );
  });
});
