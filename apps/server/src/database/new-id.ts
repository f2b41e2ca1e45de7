import { randomBytes } from 'node:crypto';

type Kind = 'fleet' | 'token' | 'device' | 'model' | 'version' | 'build' | 'campaign' | 'round' | 'job';

const PREFIXES = {
  fleet: 'f',
  token: 't',
  device: 'd',
  model: 'm',
  version: 'v',
  build: 'b',
  campaign: 'c',
  round: 'r',
  job: 'j',
} satisfies Record<Kind, string>;

/** A new id, as topics allow them: `[a-z0-9-]`, 14 characters (an MQTT 3.1 client id has at most 23). */
export const newId = (kind: Kind): string => `${PREFIXES[kind]}-${randomBytes(6).toString('hex')}`;
