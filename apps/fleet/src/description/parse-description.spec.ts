import { parseDescription } from './parse-description';

const device = { name: 'kitchen', board: 'virtual-m4', sramBytes: 65_536, samples: 'kitchen.flds' };
const fleet = {
  server: 'http://127.0.0.1:8080/',
  broker: { host: '127.0.0.1', port: 1883 },
  enrolmentToken: 'tok.secret',
  folder: 'boards',
  input: { scale: 0.0157191, zeroPoint: -33 },
  devices: [device],
};

describe('a fleet’s description', () => {
  it('is read with its paths beside it', () => {
    expect(parseDescription(fleet, '/home/fleet')).toMatchObject({
      ok: true,
      value: {
        server: 'http://127.0.0.1:8080',
        folder: '/home/fleet/boards',
        seed: '',
        devices: [{ ...device, samples: { kind: 'file', path: '/home/fleet/kitchen.flds' } }],
      },
    });
  });

  it('may name a speaker of the FSDD features, and a behaviour', () => {
    const samples = { fsdd: '/data', speaker: 'theo', split: 2 };
    const one = { ...device, samples, behaviour: 'neverAnswers' };
    expect(parseDescription({ ...fleet, devices: [one] }, '/')).toMatchObject({
      value: {
        devices: [
          {
            samples: { kind: 'fsdd', folder: '/data', speaker: 'theo', split: 2 },
            behaviour: 'neverAnswers',
          },
        ],
      },
    });
  });

  it.each([
    ['fleet must be an object', []],
    ['fleet.server', { ...fleet, server: 'ftp://x' }],
    ['fleet.broker.port', { ...fleet, broker: { host: 'x', port: 1.5 } }],
    ['fleet.devices must be a list', { ...fleet, devices: {} }],
    ['fleet.devices[0].name', { ...fleet, devices: [{ ...device, name: '../up' }] }],
    ['fleet.devices[0].board', { ...fleet, devices: [{ ...device, board: '../up' }] }],
    ['fleet.devices[0].behaviour', { ...fleet, devices: [{ ...device, behaviour: 'sings' }] }],
    ['two called kitchen', { ...fleet, devices: [device, device] }],
  ])('is refused where it is wrong: %s', (where, json) => {
    const result = parseDescription(json, '/');
    expect(result).toMatchObject({ ok: false, error: { code: 'fleet.bad-description' } });
    expect(!result.ok && result.error.message).toContain(where);
  });
});
