import { toHex } from '#libs/base/bytes';
import {
  CHUNK_BYTES,
  FETCH_OF,
  ITEM_ORDERS,
  JOB_KINDS,
  PHASES,
  SESSION_ENDS,
  Status,
  type Ack,
  type Chunk,
  type DeltaPiece,
  type Digests,
  type Enrol,
  type EnrolAnswer,
  type Fetch,
  type Hello,
  type Job,
  type LearningRateSegment,
  type Progress,
  type SessionResult,
  type TrainedResult,
  type TrainJob,
} from '#libs/fleet/protocol';

/** Messages in the words of codec-driver.c. */

const hex = (bytes: Uint8Array): string => (bytes.length === 0 ? '-' : toHex(bytes));
const text = (value = ''): string => hex(new TextEncoder().encode(value));
const words = (...values: readonly (number | string)[]): string => values.join(' ');

const rates = ({ firstStep, weights, bias, head }: LearningRateSegment): string =>
  words(firstStep, ...[weights, bias, head].flatMap(({ mantissa, exponent }) => [mantissa, exponent]));

function rules({ order = 'shuffled', stop = { belowLoss: 0, patience: 0, leastFall: 0 } }: TrainJob): string {
  return words(ITEM_ORDERS[order], stop.belowLoss, stop.patience, stop.leastFall);
}

function jobLine(job: Job): string {
  switch (job.kind) {
    case 'wait':
      return words(JOB_KINDS.wait, job.waitMs, text(job.text));
    case 'refused':
      return words(JOB_KINDS.refused, text(job.text));
    case 'install':
      return words(JOB_KINDS.install, job.layout, job.scheme, job.waitMs, text(job.text));
    case 'train':
    case 'evaluate': {
      const { execution, attempt, artifact, sizeBytes, sha256, layout, scheme } = job;
      const order = words(execution, attempt, artifact, sizeBytes, hex(sha256), CHUNK_BYTES, layout, scheme);
      const training =
        job.kind === 'train' ? [job.seed, job.passes, rules(job), ...job.learningRates.map(rates)] : [];
      return words(JOB_KINDS[job.kind], order, ...training);
    }
  }
}

function enrolAnswerLine(answer: EnrolAnswer): string {
  if (answer.kind === 'refused') return words(answer.status, hex(answer.nonce), text(answer.text));
  return words(Status.ok, hex(answer.nonce), text(answer.device), text(answer.fleet), text(answer.secret));
}

/** What the driver prints for a message that a device hears. */
export const HEARD_LINES: Readonly<Record<string, (message: never) => string>> = {
  job: jobLine,
  'enrol-answer': enrolAnswerLine,
  digests: ({ artifact, firstChunk, digests }: Digests) => words(artifact, firstChunk, hex(digests)),
  chunk: (chunk: Chunk) =>
    chunk.kind === 'data'
      ? words(chunk.artifact, chunk.chunk, Status.ok, hex(chunk.bytes))
      : words(chunk.artifact, chunk.chunk, chunk.status, '-'),
  ack: ({ execution, attempt, status, haveBytes, text: why }: Ack) =>
    words(execution, attempt, status, haveBytes, text(why)),
};

/** What is told of a session that made a pass. */
function ending({ end = 'passes', saturated }: Pick<TrainedResult, 'end' | 'saturated'>): string {
  const { weights, headWeights, biases } = saturated ?? { weights: 0, headWeights: 0, biases: 0 };
  return words(SESSION_ENDS[end], weights, headWeights, biases);
}

const NO_DIGEST = '00'.repeat(32);

function resultLine(result: SessionResult): string {
  const {
    execution,
    attempt,
    peakSramBytes = 0,
    peakStackBytes = 0,
    receivedBytes = 0,
    sentBytes = 0,
  } = result;
  const memory = words(peakSramBytes, peakStackBytes);
  const traffic = words(receivedBytes, sentBytes);
  switch (result.kind) {
    case 'trained': {
      const { testItems, rightBefore, rightAfter, lossBefore, lossAfter, learnedItems, steps } = result;
      const scores = words(testItems, rightBefore, rightAfter, lossBefore, lossAfter, learnedItems, steps);
      const delta = words(hex(result.baseDigest), result.scheme, result.deltaBytes, hex(result.deltaDigest));
      const losses = words(result.passLosses.length, ...result.passLosses);
      return words(
        0,
        execution,
        attempt,
        0,
        scores,
        result.guardRestarts,
        memory,
        delta,
        traffic,
        ending(result),
        losses,
      );
    }
    case 'evaluated': {
      const scores = words(result.testItems, result.right, 0, result.loss, 0, 0, 0);
      const delta = words(hex(result.baseDigest), result.scheme, 0, NO_DIGEST);
      return words(1, execution, attempt, 0, scores, 0, memory, delta, traffic, ending({}), 0);
    }
    case 'failed': {
      const { passLosses = [], guardRestarts = 0 } = result;
      const nothing = words(0, 0, 0, 0, 0, 0, 0);
      const delta = words(NO_DIGEST, 0, 0, NO_DIGEST);
      const losses = words(passLosses.length, ...passLosses);
      return words(
        2,
        execution,
        attempt,
        result.status,
        nothing,
        guardRestarts,
        memory,
        delta,
        traffic,
        ending(result),
        losses,
      );
    }
  }
}

/** What the driver encodes: the values of a message that a device says. */
export const SAID_LINES: Readonly<Record<string, (message: never) => string>> = {
  enrol: ({ uid, nonce, board, core, sramBudgetBytes, flashBytes, label }: Enrol) =>
    words(hex(uid), hex(nonce), text(board), text(core), sramBudgetBytes, flashBytes, text(label)),
  hello: ({ boots, layout, scheme, parameterDigest }: Hello) =>
    words(boots, layout, scheme, hex(parameterDigest)),
  fetch: ({ artifact, firstChunk, count, of }: Fetch) => words(artifact, firstChunk, count, FETCH_OF[of]),
  progress: ({ execution, attempt, phase, pass, done, total, loss, right, ...memory }: Progress) => {
    const counts = words(execution, attempt, PHASES[phase], pass, done, total, loss, right);
    return words(counts, memory.peakSramBytes, memory.peakStackBytes);
  },
  result: resultLine,
  'delta-piece': ({ execution, attempt, offset, bytes }: DeltaPiece) =>
    words(execution, attempt, offset, hex(bytes)),
};
