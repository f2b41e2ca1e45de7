import type { AedesOptions } from 'aedes';

import { MAX_ID_BYTES, MAX_PAYLOAD_BYTES } from '#libs/fleet/protocol';

/** Fixed header, topic (three ids and the words between them) and packet id of the longest PUBLISH. */
const MAX_HEADER_BYTES = 256;

/** The longest packet of the device protocol. */
export const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + MAX_HEADER_BYTES;

/** What one connection may cost. Aedes leaves most of these unlimited. */
export const BROKER_LIMITS = {
  /** CONNECT must have arrived by then. */
  connectTimeout: 10_000,
  /** Seconds; a device that is silent for one and a half times this long is gone. 0 is refused. */
  keepaliveLimit: 300,
  /** A frozen receiver would otherwise hold one of the places below for a minute. */
  drainTimeout: 20_000,
  /** Messages being delivered at a time. */
  concurrency: 1_000,
  /** Packets that may wait while a connection is being authenticated. */
  queueLimit: 16,
  /** The protocol has no QoS 2. */
  maxInflightInbound: 4,
  maxClientsIdLength: MAX_ID_BYTES,
  /** `fl/1/{fleet}/{device}/up/{message}` */
  maxTopicLevels: 6,
} satisfies AedesOptions;
