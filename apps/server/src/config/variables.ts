import { availableParallelism } from 'node:os';

import { choiceVariable, portVariable, secretVariable, textVariable, wholeVariable } from './variable';

/** Every variable that the server reads. Nothing else in the server looks at the environment. */
export const VARIABLES = {
  host: textVariable({
    name: 'FLEETLEARN_HOST',
    meaning: 'address that HTTP and MQTT listen on; the default is reachable from this machine only',
    fallback: '127.0.0.1',
  }),
  httpPort: portVariable({
    name: 'FLEETLEARN_HTTP_PORT',
    meaning: 'port of the HTTP API and the console; 0 takes a free one',
    fallback: 8080,
  }),
  mqttPort: portVariable({
    name: 'FLEETLEARN_MQTT_PORT',
    meaning: 'port of the MQTT broker; 0 takes a free one',
    fallback: 1883,
  }),
  dataDir: textVariable({
    name: 'FLEETLEARN_DATA_DIR',
    meaning: 'folder of uploaded models, built programs, deltas and keys',
    fallback: '.fleetlearn/data',
  }),
  buildCacheDir: textVariable({
    name: 'FLEETLEARN_BUILD_CACHE_DIR',
    meaning: 'folder of compiled objects, by content; other programs may share it, and it may be deleted',
    fallback: '.fleetlearn/build',
  }),
  databaseUrl: textVariable({
    name: 'FLEETLEARN_DATABASE_URL',
    alias: 'DATABASE_URL',
    meaning: 'SQLite database, as file:<path>; absent: fleetlearn.db in the data dir',
    fallback: '',
  }),
  adminToken: secretVariable({
    name: 'FLEETLEARN_ADMIN_TOKEN',
    meaning:
      'bearer token of every change; absent: drawn at the first start and kept in <data dir>/admin-token',
    fallback: undefined,
    minLength: 16,
  }),
  buildConcurrency: wholeVariable({
    name: 'FLEETLEARN_BUILD_CONCURRENCY',
    meaning: 'background jobs (builds, aggregations, evaluations) at a time',
    unit: 'jobs',
    fallback: Math.max(1, Math.min(4, availableParallelism() - 1)),
    min: 1,
    max: 64,
  }),
  telemetryRetentionDays: wholeVariable({
    name: 'FLEETLEARN_TELEMETRY_RETENTION_DAYS',
    meaning: 'telemetry rows older than this are deleted',
    unit: 'days',
    fallback: 30,
    min: 1,
    max: 3_650,
  }),
  helloSeconds: wholeVariable({
    name: 'FLEETLEARN_HELLO_SECONDS',
    meaning: 'a device with nothing to do says hello again after this long',
    unit: 'seconds',
    fallback: 30,
    min: 1,
    max: 86_400,
  }),
  logLevel: choiceVariable({
    name: 'FLEETLEARN_LOG_LEVEL',
    meaning: 'least important messages that are written',
    fallback: 'log',
    choices: ['error', 'warn', 'log', 'debug'],
  }),
};
