import {
  artifactId,
  encodeAck,
  encodeChunk,
  encodeDeltaPiece,
  encodeDigests,
  encodeEnrol,
  encodeEnrolAnswer,
  encodeFetch,
  encodeHello,
  encodeJob,
  encodeProgress,
  encodeResult,
  executionId,
  layoutId,
  schemeId,
  Status,
  type DeviceId,
  type FleetId,
  type Job,
  type LearningRateSegment,
  type SessionResult,
} from '#libs/fleet/protocol';

/** The messages of test/vectors/protocol: one of every kind and variant, and the extremes of their ranges. */
export interface GoldenMessage {
  /** The file, `<message>.json`. */
  readonly message: string;
  readonly name: string;
  readonly value: object;
  readonly payload: Uint8Array;
}

const count = (length: number, from: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const MAX = 0xffffffff;

const goldens =
  <T extends object>(message: string, encode: (value: T) => Uint8Array) =>
  (name: string, value: T): GoldenMessage => ({ message, name, value, payload: encode(value) });

const enrol = goldens('enrol', encodeEnrol);
const answer = goldens('enrol-answer', encodeEnrolAnswer);
const hello = goldens('hello', encodeHello);
const fetch = goldens('fetch', encodeFetch);
const progress = goldens('progress', encodeProgress);
const result = goldens<SessionResult>('result', encodeResult);
const deltaPiece = goldens('delta-piece', encodeDeltaPiece);
const job = goldens<Job>('job', encodeJob);
const digests = goldens('digests', encodeDigests);
const chunk = goldens('chunk', encodeChunk);
const ack = goldens('ack', encodeAck);

const board = {
  protocolVersion: 1,
  uid: count(8, 0xa0),
  nonce: count(8, 1),
  board: 'mps2-an386',
  core: 'cortex-m4',
  sramBudgetBytes: 262_144,
  flashBytes: 1_048_576,
};

const session = {
  execution: executionId(70_001),
  attempt: 1,
  testItems: 400,
  peakSramBytes: 180_224,
  peakStackBytes: 1_184,
  baseDigest: count(32, 0x40),
  scheme: schemeId(0x5eed0001),
  receivedBytes: 84_000,
  sentBytes: 10_240,
};
const trained = {
  ...session,
  kind: 'trained' as const,
  rightBefore: 240,
  rightAfter: 388,
  lossBefore: 98_304,
  lossAfter: 9_000,
  learnedItems: 100,
  steps: 1_000,
  passLosses: [98_000, 40_000, 20_000, 9_000],
  guardRestarts: 0,
  deltaBytes: 9_560,
  deltaDigest: count(32, 0x80),
  end: 'passes' as const,
  saturated: { weights: 0, headWeights: 0, biases: 0 },
};

const segment = (firstStep: number, mantissa: number, exponent: number): LearningRateSegment => ({
  firstStep,
  weights: { mantissa, exponent },
  bias: { mantissa, exponent: exponent - 1 },
  head: { mantissa: 0, exponent: 0 },
});
const work = {
  execution: executionId(70_001),
  attempt: 2,
  artifact: artifactId(12),
  sizeBytes: 65_600,
  sha256: count(32, 0x40),
  chunkBytes: 1_024,
  layout: layoutId(0x1a700001),
  scheme: schemeId(0x5eed0001),
};
const train = { ...work, kind: 'train' as const, seed: 0xdeadbeef, passes: 10 };
const twelveSegments = Array.from({ length: 12 }, (_, i) =>
  segment(i === 11 ? MAX : 100 * i, 16_384 + i, -128 + i + 1),
);

export const GOLDEN_MESSAGES: readonly GoldenMessage[] = [
  enrol('without a label', board),
  enrol('with the longest texts', {
    ...board,
    board: 'b'.repeat(32),
    core: 'c'.repeat(16),
    label: 'ü'.repeat(16),
  }),
  answer('granted', {
    kind: 'granted',
    nonce: count(8, 1),
    device: 'dev-000001' as DeviceId,
    fleet: 'demo' as FleetId,
    secret: '0123456789abcdef'.repeat(4),
  }),
  answer('refused', {
    kind: 'refused',
    status: Status.uidConflict,
    nonce: count(8, 1),
    text: 'enrolled already',
  }),
  answer('refused without a reason', { kind: 'refused', status: -0x80000000, nonce: count(8, 9) }),
  hello('a program without a model', {
    boots: 1,
    layout: layoutId(0),
    scheme: schemeId(0),
    parameterDigest: new Uint8Array(0),
  }),
  hello('a program with parameters', {
    boots: MAX,
    layout: work.layout,
    scheme: work.scheme,
    parameterDigest: count(32, 0x40),
  }),
  fetch('data', { artifact: artifactId(12), firstChunk: 56, count: 8, of: 'data' }),
  fetch('digests', { artifact: artifactId(12), firstChunk: 0, count: 128, of: 'digests' }),
  progress('fetching', {
    execution: executionId(1),
    attempt: 1,
    phase: 'fetching',
    pass: 0,
    done: 3,
    total: 65,
    loss: 0,
    right: 0,
    peakSramBytes: 20_000,
    peakStackBytes: 600,
  }),
  progress('the largest numbers', {
    execution: executionId(MAX),
    attempt: MAX,
    phase: 'uploading',
    pass: MAX,
    done: MAX,
    total: MAX,
    loss: MAX,
    right: MAX,
    peakSramBytes: MAX,
    peakStackBytes: MAX,
  }),
  result('trained', trained),
  result('trained with the most passes', {
    ...trained,
    passLosses: Array.from({ length: 100 }, (_, i) => MAX - i),
    guardRestarts: 2,
  }),
  result('trained until the loss was low', {
    ...trained,
    passLosses: [98_000, 8_000],
    end: 'lowLoss',
    saturated: { weights: 3, headWeights: MAX, biases: 1 },
  }),
  result('evaluated', { ...session, kind: 'evaluated', right: 388, loss: 9_000 }),
  result('failed', {
    kind: 'failed',
    execution: session.execution,
    attempt: 1,
    status: Status.diverged,
    passLosses: [131_072],
    guardRestarts: 2,
    peakSramBytes: 180_224,
    peakStackBytes: 1_184,
    receivedBytes: 84_000,
    sentBytes: 900,
    end: 'guard',
    saturated: { weights: 12, headWeights: 300, biases: 0 },
  }),
  deltaPiece('one byte', { execution: executionId(70_001), attempt: 1, offset: 0, bytes: count(1, 0xff) }),
  deltaPiece('the largest', {
    execution: executionId(70_001),
    attempt: 1,
    offset: 8_192,
    bytes: count(1024, 0),
  }),
  job('wait', { kind: 'wait', waitMs: 60_000 }),
  job('wait, with a text', { kind: 'wait', waitMs: 86_400_000, text: 'Schichtwechsel – bis später' }),
  job('train', { ...train, learningRates: [segment(0, 20_972, -5)] }),
  job('train with twelve segments', { ...train, passes: 100, learningRates: twelveSegments }),
  job('train, balanced, with an early end', {
    ...train,
    learningRates: [segment(0, 20_972, -5)],
    order: 'balanced',
    stop: { belowLoss: 1_048_576, patience: 100, leastFall: 655 },
  }),
  job('evaluate', { ...work, kind: 'evaluate' }),
  job('refused', { kind: 'refused', text: 'retired' }),
  job('install', {
    kind: 'install',
    layout: work.layout,
    scheme: work.scheme,
    waitMs: 5_000,
    text: 'program it',
  }),
  digests('one', { artifact: artifactId(12), firstChunk: 64, digests: count(4, 0) }),
  digests('128', { artifact: artifactId(12), firstChunk: 0, digests: count(512, 0) }),
  chunk('whole', { kind: 'data', artifact: artifactId(12), chunk: 3, bytes: count(1024, 7) }),
  chunk('the last', { kind: 'data', artifact: artifactId(12), chunk: 64, bytes: count(64, 7) }),
  chunk('refused', { kind: 'refused', artifact: artifactId(13), chunk: 5, status: Status.unknownArtifact }),
  ack('go on', { execution: executionId(70_001), attempt: 1, status: Status.ok, haveBytes: 4_096 }),
  ack('stored', { execution: executionId(70_001), attempt: 1, status: Status.stored, haveBytes: 9_560 }),
  ack('refused', {
    execution: executionId(MAX),
    attempt: 1,
    status: Status.wrongBase,
    haveBytes: 0,
    text: 'the delta was trained from another model version',
  }),
];

/** A payload that both sides must refuse. */
export interface RefusedPayload {
  readonly message: string;
  readonly why: string;
  readonly hex: string;
  readonly code: string;
}

const refused =
  (message: string) =>
  (why: string, hex: string, code: string): RefusedPayload => ({
    message,
    why,
    hex: hex.replaceAll(' ', ''),
    code,
  });
const badAck = refused('ack');
const badJob = refused('job');
const badChunk = refused('chunk');

export const REFUSED_PAYLOADS: readonly RefusedPayload[] = [
  badAck('nothing', '', 'protocol.truncated'),
  badAck('not a map', '84 01 01 00 00', 'protocol.not-a-map'),
  badAck('cut off', 'a4 0101 0201 0300 04', 'protocol.truncated'),
  badAck('bytes after it', 'a4 0101 0201 0300 0400 00', 'protocol.trailing-bytes'),
  badAck('more pairs announced than bytes', 'ba 7fffffff 0101', 'protocol.truncated'),
  badAck('a text longer than the payload', 'a5 0101 0201 0300 0400 05 7a7fffffff', 'protocol.truncated'),
  badAck('a map of indefinite length', 'bf 0101 0201 0300 0400 ff', 'protocol.indefinite-length'),
  badAck('a key twice', 'a5 0101 0101 0201 0300 0400', 'protocol.key-order'),
  badAck('keys descending', 'a4 0101 0300 0201 0400', 'protocol.key-order'),
  badAck('a negative key', 'a5 20 00 0101 0201 0300 0400', 'protocol.key-type'),
  badAck('an integer not in its shortest form', 'a4 011801 0201 0300 0400', 'protocol.not-shortest'),
  badAck('a 64-bit integer', 'a4 011b0000000100000000 0201 0300 0400', 'protocol.integer-range'),
  badAck('a negative integer below -2^31', 'a4 0101 0201 033a80000000 0400', 'protocol.integer-range'),
  badAck('a float', 'a4 01f93c00 0201 0300 0400', 'protocol.forbidden-type'),
  badAck('a tag', 'a4 01c101 0201 0300 0400', 'protocol.forbidden-type'),
  badAck('true', 'a4 01f5 0201 0300 0400', 'protocol.forbidden-type'),
  badAck('true under an unknown key', 'a5 0101 0201 0300 0400 1863f5', 'protocol.forbidden-type'),
  badAck('nesting of 4 under an unknown key', 'a5 0101 0201 0300 0400 1863 81818100', 'protocol.too-deep'),
  badAck(
    'descending keys under an unknown key',
    'a5 0101 0201 0300 0400 1863 a202000100',
    'protocol.key-order',
  ),
  badAck('a text for a number', 'a4 016131 0201 0300 0400', 'protocol.wrong-type'),
  badAck('a status above 1', 'a4 0101 0201 0302 0400', 'protocol.out-of-range'),
  badAck('a missing key', 'a3 0101 0201 0300', 'protocol.missing-key'),
  badAck(
    'a text of 201 bytes',
    `a5 0101 0201 0300 0400 05 78c9 ${'61'.repeat(201)}`,
    'protocol.out-of-range',
  ),
  badAck('1,281 bytes', `a5 0101 0201 0300 0400 1863 5904f3 ${'00'.repeat(1267)}`, 'protocol.oversize'),
  badJob('an unknown kind', 'a4 0100 0200 0305 0d00', 'protocol.out-of-range'),
  badJob('a wait of more than a day', 'a4 0100 0200 0300 0d1a05265c01', 'protocol.out-of-range'),
  badJob('no kind', 'a3 0100 0200 0d00', 'protocol.missing-key'),
  badJob('an evaluation without a digest', 'a4 0101 0201 0302 0401', 'protocol.missing-key'),
  badChunk('empty and not refused', 'a3 0101 0200 0340', 'protocol.out-of-range'),
  badChunk('refused with bytes', 'a4 0101 0200 034100 0420', 'protocol.out-of-range'),
  badChunk('refused with a good status', 'a4 0101 0200 0340 0400', 'protocol.out-of-range'),
  refused('digests')('a part of a digest', 'a3 0101 0200 03450001020304', 'protocol.out-of-range'),
  refused('enrol-answer')(
    'granted without credentials',
    'a2 0100 02480102030405060708',
    'protocol.missing-key',
  ),
];
