/**
 * The device protocol: what devices and the server say to each other. PROTOCOL.md is the specification.
 *
 * Owns: payloads, topics, who may use which topic, status codes, limits.
 * Invariant: a decoder answers any bytes, in time linear in them, with a message that keeps every limit of PROTOCOL.md
 * or with a fault; an encoder gives the one encoding of a message.
 *
 * @example
 * const hello = decodeHello(packet.payload);
 * if (!hello.ok) return close(hello.error); // hello.error.code: 'protocol.truncated', ...
 * publish(downTopic(address, 'job'), encodeJob({ kind: 'wait', waitMs: 60_000 }));
 */
export * from './access';
export * from './cbor';
export * from './device-codes';
export type { ProtocolFault, ProtocolFaultCode } from './faults';
export * from './ids';
export * from './limits';
export * from './topics';
export * from './messages/ack';
export * from './messages/chunk';
export * from './messages/delta-piece';
export * from './messages/digests';
export * from './messages/enrol';
export * from './messages/enrol-answer';
export * from './messages/fetch';
export * from './messages/hello';
export * from './messages/job';
export type { LearningRate, LearningRateSegment } from './messages/learning-rates';
export * from './messages/progress';
export * from './messages/result';
export {
  ITEM_ORDERS,
  type ItemOrder,
  type Saturated,
  SESSION_ENDS,
  type SessionEnd,
  type StopRule,
} from './messages/session-plan';
