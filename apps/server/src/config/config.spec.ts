import { readConfig } from './server-config';

describe('readConfig', () => {
  it('gives every variable its default', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ ok: true, value: { host: '127.0.0.1', httpPort: 8080, mqttPort: 1883 } });
  });

  it('reports all faults at once, each with the name of its variable', () => {
    const config = readConfig({
      FLEETLEARN_HTTP_PORT: '70000',
      FLEETLEARN_LOG_LEVEL: 'loud',
      FLEETLEARN_ADMIN_TOKEN: 'short',
    });
    expect(config.ok ? [] : config.error.problems.map((problem) => problem.split(' ')[0])).toEqual([
      'FLEETLEARN_HTTP_PORT',
      'FLEETLEARN_ADMIN_TOKEN',
      'FLEETLEARN_LOG_LEVEL',
    ]);
  });

  it('takes the database of the set-up, and its own name for it before that', () => {
    const both = readConfig({ DATABASE_URL: 'file:a.db', FLEETLEARN_DATABASE_URL: 'file:b.db' });
    const one = readConfig({ DATABASE_URL: 'file:a.db' });
    expect([both.ok && both.value.databaseUrl, one.ok && one.value.databaseUrl]).toEqual([
      'file:b.db',
      'file:a.db',
    ]);
  });

  it('keeps the database in the data dir unless it is named', () => {
    const config = readConfig({ FLEETLEARN_DATA_DIR: '/var/fleet' });
    expect(config.ok && config.value.databaseUrl).toBe('file:/var/fleet/fleetlearn.db');
  });
});
