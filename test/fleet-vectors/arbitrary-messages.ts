import fc from 'fast-check';
import * as protocol from '#libs/fleet/protocol';
import type { Result } from '#libs/base/result';

/** A message with its codec, for properties that hold for every message. */
export interface MessageKind<T = unknown> {
  readonly name: string;
  readonly message: fc.Arbitrary<T>;
  readonly encode: (message: T) => Uint8Array;
  readonly decode: (payload: Uint8Array) => Result<T>;
}

const uint = (max = 0xffffffff): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max }),
    fc.constantFrom(0, Math.min(23, max), Math.min(24, max), Math.min(255, max), max),
  );
const positive = (max = 0xffffffff): fc.Arbitrary<number> => uint(max - 1).map((n) => n + 1);
const negative = fc.integer({ min: -0x80000000, max: -1 });
const octets = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });
const text = (bytes: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', maxLength: bytes })
    .filter((s) => new TextEncoder().encode(s).length <= bytes);
const matching = <T extends string>(shape: RegExp): fc.Arbitrary<T> =>
  fc.stringMatching(shape) as fc.Arbitrary<T>;

const execution = uint().map(protocol.executionId);
const artifact = uint().map(protocol.artifactId);
const layout = uint().map(protocol.layoutId);
const scheme = uint().map(protocol.schemeId);
const digest = octets(32);
const attempt = uint();
const device = matching<protocol.DeviceId>(protocol.DEVICE_ID_PATTERN);
const fleet = device.map((id) => protocol.parseFleetId(id) ?? ('fleet' as protocol.FleetId));

const enrol: fc.Arbitrary<protocol.Enrol> = fc.record(
  {
    protocolVersion: fc.constant(1),
    uid: octets(8),
    nonce: octets(8),
    board: text(32),
    core: text(16),
    sramBudgetBytes: uint(),
    flashBytes: uint(),
    label: text(32),
  },
  { requiredKeys: ['protocolVersion', 'uid', 'nonce', 'board', 'core', 'sramBudgetBytes', 'flashBytes'] },
);

const enrolAnswer: fc.Arbitrary<protocol.EnrolAnswer> = fc.oneof(
  fc.record({
    kind: fc.constant('granted' as const),
    nonce: octets(8),
    device,
    fleet,
    secret: matching(protocol.SECRET_PATTERN),
  }),
  fc.record(
    { kind: fc.constant('refused' as const), status: negative, nonce: octets(8), text: text(200) },
    { requiredKeys: ['kind', 'status', 'nonce'] },
  ),
);

const hello: fc.Arbitrary<protocol.Hello> = fc.record({
  boots: uint(),
  layout,
  scheme,
  parameterDigest: fc.oneof(digest, octets(0)),
});

const fetch: fc.Arbitrary<protocol.Fetch> = fc.oneof(
  fc.record({ artifact, firstChunk: uint(), count: positive(8), of: fc.constant('data' as const) }),
  fc.record({ artifact, firstChunk: uint(), count: positive(128), of: fc.constant('digests' as const) }),
);

const progress: fc.Arbitrary<protocol.Progress> = fc.record({
  execution,
  attempt,
  phase: fc.constantFrom(...(Object.keys(protocol.PHASES) as protocol.Phase[])),
  pass: uint(),
  done: uint(),
  total: uint(),
  loss: uint(),
  right: uint(),
  peakSramBytes: uint(),
  peakStackBytes: uint(),
});

const ending = {
  end: fc.constantFrom(...(Object.keys(protocol.SESSION_ENDS) as protocol.SessionEnd[])),
  saturated: fc.record({ weights: uint(), headWeights: uint(), biases: uint() }),
};

const measured = {
  execution,
  attempt,
  peakSramBytes: uint(),
  peakStackBytes: uint(),
  baseDigest: digest,
  scheme,
  receivedBytes: uint(),
  sentBytes: uint(),
};
/** `items` of a test set and `count` numbers not above it. */
const ofItems = (count: number): fc.Arbitrary<readonly number[]> =>
  uint().chain((items) => fc.tuple(fc.constant(items), ...Array.from({ length: count }, () => uint(items))));

const trained: fc.Arbitrary<protocol.TrainedResult> = fc
  .tuple(
    ofItems(2),
    fc.record({
      ...measured,
      kind: fc.constant('trained' as const),
      lossBefore: uint(),
      lossAfter: uint(),
      learnedItems: positive(protocol.MAX_LEARNED_ITEMS),
      steps: uint(),
      passLosses: fc.array(uint(), { maxLength: 100 }),
      guardRestarts: uint(),
      deltaBytes: positive(),
      deltaDigest: digest,
    }),
    fc.record(ending, { requiredKeys: [] }),
  )
  .map(([[testItems = 0, rightBefore = 0, rightAfter = 0], rest, optional]) => ({
    ...rest,
    ...optional,
    testItems,
    rightBefore,
    rightAfter,
  }));

const evaluated: fc.Arbitrary<protocol.EvaluatedResult> = fc
  .tuple(ofItems(1), fc.record({ ...measured, kind: fc.constant('evaluated' as const), loss: uint() }))
  .map(([[testItems = 0, right = 0], rest]) => ({ ...rest, testItems, right }));

const failed: fc.Arbitrary<protocol.FailedResult> = fc.record(
  {
    kind: fc.constant('failed' as const),
    execution,
    attempt,
    status: negative,
    passLosses: fc.array(uint(), { maxLength: 100 }),
    guardRestarts: uint(),
    peakSramBytes: uint(),
    peakStackBytes: uint(),
    receivedBytes: uint(),
    sentBytes: uint(),
    ...ending,
  },
  { requiredKeys: ['kind', 'execution', 'attempt', 'status'] },
);

const rate = fc.record({ mantissa: uint(32767), exponent: fc.integer({ min: -128, max: 127 }) });
const learningRates = fc
  .tuple(
    fc.uniqueArray(positive(), { maxLength: 11 }),
    fc.array(fc.record({ weights: rate, bias: rate, head: rate }), { minLength: 12, maxLength: 12 }),
  )
  .map(([steps, rates]) =>
    [0, ...steps.sort((a, b) => a - b)].map((firstStep, i) => ({
      firstStep,
      ...(rates[i] as (typeof rates)[0]),
    })),
  );
const work = {
  execution,
  attempt,
  artifact,
  sizeBytes: uint(),
  sha256: digest,
  chunkBytes: fc.constant(1024),
  layout,
  scheme,
};
const waitMs = uint(protocol.MAX_WAIT_MS);

const job: fc.Arbitrary<protocol.Job> = fc.oneof(
  fc.record(
    { kind: fc.constant('wait' as const), waitMs, text: text(200) },
    { requiredKeys: ['kind', 'waitMs'] },
  ),
  fc.record(
    {
      ...work,
      kind: fc.constant('train' as const),
      seed: uint(),
      passes: positive(100),
      learningRates,
      order: fc.constantFrom(...(Object.keys(protocol.ITEM_ORDERS) as protocol.ItemOrder[])),
      stop: fc.record({
        belowLoss: uint(protocol.MAX_LOSS),
        patience: uint(protocol.MAX_PASSES),
        leastFall: uint(protocol.MAX_LOSS),
      }),
    },
    {
      requiredKeys: [
        ...(Object.keys(work) as (keyof typeof work)[]),
        'kind',
        'seed',
        'passes',
        'learningRates',
      ],
    },
  ),
  fc.record({ ...work, kind: fc.constant('evaluate' as const) }),
  fc.record({ kind: fc.constant('refused' as const), text: text(200) }),
  fc.record(
    { kind: fc.constant('install' as const), layout, scheme, waitMs, text: text(200) },
    { requiredKeys: ['kind', 'layout', 'scheme', 'waitMs'] },
  ),
);

const deltaPiece: fc.Arbitrary<protocol.DeltaPiece> = fc.record({
  execution,
  attempt,
  offset: uint(),
  bytes: octets(1, 1024),
});

const digests: fc.Arbitrary<protocol.Digests> = fc.record({
  artifact,
  firstChunk: uint(),
  digests: positive(128).chain((count) => octets(4 * count)),
});

const chunk: fc.Arbitrary<protocol.Chunk> = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), artifact, chunk: uint(), bytes: octets(1, 1024) }),
  fc.record({ kind: fc.constant('refused' as const), artifact, chunk: uint(), status: negative }),
);

const ack: fc.Arbitrary<protocol.Ack> = fc.record(
  { execution, attempt, status: fc.oneof(negative, uint(1)), haveBytes: uint(), text: text(200) },
  { requiredKeys: ['execution', 'attempt', 'status', 'haveBytes'] },
);

/** Forgets the message's type: a kind is used only with its own messages. */
function kind<T>(given: {
  readonly name: string;
  readonly message: fc.Arbitrary<T>;
  readonly encode: (message: T) => Uint8Array;
  readonly decode: (payload: Uint8Array) => Result<T>;
}): MessageKind {
  return given as MessageKind;
}

const {
  encodeEnrol,
  decodeEnrol,
  encodeEnrolAnswer,
  decodeEnrolAnswer,
  encodeHello,
  decodeHello,
  encodeFetch,
  decodeFetch,
  encodeProgress,
  decodeProgress,
  encodeResult,
  decodeResult,
  encodeDeltaPiece,
  decodeDeltaPiece,
  encodeJob,
  decodeJob,
  encodeDigests,
  decodeDigests,
  encodeChunk,
  decodeChunk,
  encodeAck,
  decodeAck,
} = protocol;

export const MESSAGE_KINDS: readonly MessageKind[] = [
  kind({ name: 'enrol', message: enrol, encode: encodeEnrol, decode: decodeEnrol }),
  kind({ name: 'enrol-answer', message: enrolAnswer, encode: encodeEnrolAnswer, decode: decodeEnrolAnswer }),
  kind({ name: 'hello', message: hello, encode: encodeHello, decode: decodeHello }),
  kind({ name: 'fetch', message: fetch, encode: encodeFetch, decode: decodeFetch }),
  kind({ name: 'progress', message: progress, encode: encodeProgress, decode: decodeProgress }),
  kind({
    name: 'result',
    message: fc.oneof<fc.Arbitrary<protocol.SessionResult>[]>(trained, evaluated, failed),
    encode: encodeResult,
    decode: decodeResult,
  }),
  kind({ name: 'delta-piece', message: deltaPiece, encode: encodeDeltaPiece, decode: decodeDeltaPiece }),
  kind({ name: 'job', message: job, encode: encodeJob, decode: decodeJob }),
  kind({ name: 'digests', message: digests, encode: encodeDigests, decode: decodeDigests }),
  kind({ name: 'chunk', message: chunk, encode: encodeChunk, decode: decodeChunk }),
  kind({ name: 'ack', message: ack, encode: encodeAck, decode: decodeAck }),
];

/** The kind of that name. */
export function messageKind(name: string): MessageKind {
  const found = MESSAGE_KINDS.find((one) => one.name === name);
  if (!found) throw new Error(`no message is called ${name}`);
  return found;
}
