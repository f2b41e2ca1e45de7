import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';

import { concatBytes, fromHex } from '#libs/base/bytes';
import { invariant, type Result, unwrap } from '#libs/base/result';
import {
  type Ack,
  type Chunk,
  decodeAck,
  decodeChunk,
  decodeDigests,
  decodeEnrolAnswer,
  decodeJob,
  type DeviceAddress,
  type Digests,
  downFilter,
  encodeDeltaPiece,
  encodeEnrol,
  encodeFetch,
  encodeHello,
  encodeProgress,
  encodeResult,
  type Enrol,
  type EnrolAnswer,
  type EnrolGranted,
  enrolAnswerTopic,
  enrolTopic,
  type BoardUid,
  type Hello,
  type Job,
  layoutId,
  MAX_CHUNKS_PER_FETCH,
  MAX_DELTA_PIECE_BYTES,
  parseTopic,
  type Progress,
  schemeId,
  type SessionResult,
  upTopic,
  type EvaluateJob,
  type TrainJob,
} from '#libs/fleet/protocol';

const ANSWER_MS = 15_000;

/** Reconnecting is the test's business: a leaked timer would outlive it. */
const PLAIN: IClientOptions = { reconnectPeriod: 0, connectTimeout: 5_000, protocolVersion: 4 };

export const connectMqtt = (url: string, options: IClientOptions): Promise<MqttClient> =>
  connectAsync(url, { ...PLAIN, ...options }, false);

/** A board before it is enrolled. */
export interface ScriptedBoard {
  readonly uid: string;
  readonly nonce: string;
  readonly board: string;
  readonly core: string;
  readonly sramBudgetBytes: number;
  readonly flashBytes: number;
  readonly label?: string;
}

export const aBoard = (changes: Partial<ScriptedBoard> = {}): ScriptedBoard => ({
  uid: '00000000000000a1',
  nonce: '1122334455667788',
  board: 'virtual-m4',
  core: 'cortex-m4',
  sramBudgetBytes: 65_536,
  flashBytes: 1_048_576,
  label: 'kitchen',
  ...changes,
});

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  invariant(bytes, `${hex} is hexadecimal`);
  return bytes;
};

/** Enrols as PROTOCOL.md says; throws where the broker refuses the connection. */
export async function enrol(mqttUrl: string, token: string, board = aBoard()): Promise<EnrolAnswer> {
  const uid = board.uid as BoardUid;
  const client = await connectMqtt(mqttUrl, { clientId: uid, username: 'enrol', password: token });
  try {
    await client.subscribeAsync(enrolAnswerTopic(uid));
    const answered = nextMessage(client);
    const keys = { uid: bytesOf(uid), nonce: bytesOf(board.nonce) };
    const request: Enrol = { protocolVersion: 1, ...board, ...keys };
    await client.publishAsync(enrolTopic(uid), Buffer.from(encodeEnrol(request)));
    return unwrap(decodeEnrolAnswer(await answered));
  } finally {
    await client.endAsync(true);
  }
}

export async function enrolled(mqttUrl: string, token: string, board = aBoard()): Promise<EnrolGranted> {
  const answer = await enrol(mqttUrl, token, board);
  if (answer.kind === 'refused') throw new Error(`enrolment was refused: ${answer.text}`);
  return answer;
}

function nextMessage(client: MqttClient): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
    client.once('message', (_topic, payload) => {
      clearTimeout(timer);
      resolve(payload);
    });
  });
}

type Arrival =
  | { readonly kind: 'job'; readonly message: Job }
  | { readonly kind: 'ack'; readonly message: Ack }
  | { readonly kind: 'chunk'; readonly message: Chunk }
  | { readonly kind: 'digests'; readonly message: Digests };

/** An enrolled device that does what a test tells it, in the protocol's own bytes. */
export class ScriptedDevice {
  private readonly waiting: ((arrival: Arrival) => void)[] = [];
  private readonly arrived: Arrival[] = [];

  private constructor(
    readonly address: DeviceAddress,
    private readonly client: MqttClient,
  ) {
    client.on('message', (topic, payload) => this.take(topic, payload));
  }

  static async connect(mqttUrl: string, { device, fleet, secret }: EnrolGranted): Promise<ScriptedDevice> {
    const client = await connectMqtt(mqttUrl, { clientId: device, username: device, password: secret });
    const scripted = new ScriptedDevice({ device, fleet }, client);
    await client.subscribeAsync(downFilter(scripted.address));
    return scripted;
  }

  end(): Promise<void> {
    return this.client.endAsync(true);
  }

  async hello(program: Partial<Pick<Hello, 'layout' | 'scheme'>> = {}): Promise<Job> {
    const plain: Hello = {
      boots: 1,
      layout: layoutId(0),
      scheme: schemeId(0),
      parameterDigest: new Uint8Array(),
    };
    await this.publish('hello', encodeHello({ ...plain, ...program }));
    return this.nextJob();
  }

  /** Says hello as the program that the server asks for, until there is a job of that kind. */
  async helloUntil<K extends Job['kind']>(kind: K, timeoutMs = 60_000): Promise<Extract<Job, { kind: K }>> {
    const end = Date.now() + timeoutMs;
    let program: Partial<Pick<Hello, 'layout' | 'scheme'>> = {};
    while (Date.now() < end) {
      const job = await this.hello(program);
      if (job.kind === kind) return job as Extract<Job, { kind: K }>;
      if (job.kind === 'install') program = { layout: job.layout, scheme: job.scheme };
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no job of the kind ${kind} came`);
  }

  nextJob = async (): Promise<Job> => (await this.next('job')).message;

  async fetch(artifact: TrainJob['artifact'], firstChunk: number, count: number): Promise<readonly Chunk[]> {
    await this.publish('fetch', encodeFetch({ artifact, firstChunk, count, of: 'data' }));
    const first = (await this.next('chunk')).message;
    if (first.kind === 'refused') return [first];
    const chunks: Chunk[] = [first];
    while (chunks.length < count) chunks.push((await this.next('chunk')).message);
    return chunks;
  }

  async fetchDigests(artifact: TrainJob['artifact'], firstChunk: number, count: number): Promise<Digests> {
    await this.publish('fetch', encodeFetch({ artifact, firstChunk, count, of: 'digests' }));
    return (await this.next('digests')).message;
  }

  /** The whole parameter image of a job. */
  async download({ artifact, sizeBytes, chunkBytes }: TrainJob | EvaluateJob): Promise<Uint8Array> {
    const total = Math.ceil(sizeBytes / chunkBytes);
    const parts: Uint8Array[] = [];
    for (let chunk = 0; chunk < total; chunk += MAX_CHUNKS_PER_FETCH) {
      const chunks = await this.fetch(artifact, chunk, Math.min(MAX_CHUNKS_PER_FETCH, total - chunk));
      for (const one of chunks) if (one.kind === 'data') parts.push(one.bytes);
    }
    return concatBytes(parts);
  }

  async result(result: SessionResult): Promise<Ack> {
    await this.publish('result', encodeResult(result));
    return (await this.next('ack')).message;
  }

  async piece({ execution, attempt }: TrainJob, offset: number, bytes: Uint8Array): Promise<Ack> {
    await this.publish('delta', encodeDeltaPiece({ execution, attempt, offset, bytes }));
    return (await this.next('ack')).message;
  }

  /** Sends a delta from where the server is, to its end. */
  async upload(job: TrainJob, encoded: Uint8Array, haveBytes = 0): Promise<Ack> {
    let ack: Ack | undefined;
    for (let at = haveBytes; at < encoded.length; at += MAX_DELTA_PIECE_BYTES) {
      ack = await this.piece(job, at, encoded.subarray(at, at + MAX_DELTA_PIECE_BYTES));
    }
    invariant(ack, 'there was something to send');
    return ack;
  }

  progress(progress: Progress): Promise<void> {
    return this.publish('progress', encodeProgress(progress));
  }

  private async publish(message: Parameters<typeof upTopic>[1], payload: Uint8Array): Promise<void> {
    await this.client.publishAsync(upTopic(this.address, message), Buffer.from(payload));
  }

  private take(topic: string, payload: Uint8Array): void {
    const arrival = decoded(topic, payload);
    const taker = this.waiting.shift();
    if (taker) taker(arrival);
    else this.arrived.push(arrival);
  }

  /** The next message of a kind; others that come first (a pushed job) are dropped. */
  private async next<K extends Arrival['kind']>(kind: K): Promise<Extract<Arrival, { kind: K }>> {
    for (;;) {
      const arrival = this.arrived.shift() ?? (await this.wait());
      if (arrival.kind === kind) return arrival as Extract<Arrival, { kind: K }>;
    }
  }

  private wait(): Promise<Arrival> {
    return new Promise((resolve, reject) => {
      const taker = (arrival: Arrival): void => {
        clearTimeout(timer);
        resolve(arrival);
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(taker), 1);
        reject(new Error(`${this.address.device} got no answer`));
      }, ANSWER_MS);
      this.waiting.push(taker);
    });
  }
}

function decoded(topic: string, payload: Uint8Array): Arrival {
  const parsed = parseTopic(topic);
  invariant(parsed?.kind === 'down', `${topic} is for a device`);
  const read = <T>(decode: (payload: Uint8Array) => Result<T>): T => unwrap(decode(payload));
  switch (parsed.message) {
    case 'job':
      return { kind: 'job', message: read(decodeJob) };
    case 'ack':
      return { kind: 'ack', message: read(decodeAck) };
    case 'chunk':
      return { kind: 'chunk', message: read(decodeChunk) };
    case 'digests':
      return { kind: 'digests', message: read(decodeDigests) };
  }
}
