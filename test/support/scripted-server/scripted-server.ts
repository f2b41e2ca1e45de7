import { isDeepStrictEqual } from 'node:util';
import { sha256, toHex } from '#libs/base/bytes';
import { type Result, unwrap } from '#libs/base/result';
import {
  type BoardUid,
  decodeDeltaPiece,
  decodeEnrol,
  decodeFetch,
  decodeHello,
  decodeProgress,
  decodeResult,
  type DeviceAddress,
  type DownMessage,
  downTopic,
  encodeAck,
  encodeChunk,
  encodeDigests,
  encodeEnrolAnswer,
  encodeJob,
  type Enrol,
  enrolAnswerTopic,
  type Fetch,
  type Hello,
  type Job,
  parseDeviceId,
  parseFleetId,
  parseTopic,
  type Progress,
  type SessionResult,
  Status,
  type UpMessage,
} from '#libs/fleet/protocol';
import { type Artifact, unknownArtifact } from './artifact';
import { DeltaIntake } from './delta-intake';
import { type Login, TestBroker } from './test-broker';

export const TEST_TOKEN = 'tok.0123456789abcdef';
const FLEET = 'testers';

export interface ServerScript {
  /** What a device that says hello is to do. */
  job: (address: DeviceAddress, hello: Hello) => Job;
  readonly artifacts: readonly Artifact[];
  readonly decodeDelta: (encoded: Uint8Array) => Uint8Array | undefined;
  /**
   * Every message down goes through here: return what is to be sent in its place (nothing, itself, several). Bytes may
   * be changed; the message before encoding is for looking at.
   */
  readonly tamper?: (kind: DownMessage, payload: Uint8Array) => readonly Uint8Array[];
  /** Every message up; false: it got lost on its way. */
  readonly hears?: (kind: UpMessage | 'enrol') => boolean;
}

/**
 * The server's side of the device protocol in a few lines, for tests of devices: a real broker, and a script instead of a
 * database. It refuses nothing that it was not told to, and keeps everything it hears.
 */
export class ScriptedServer {
  readonly enrolments: Enrol[] = [];
  readonly hellos: Hello[] = [];
  readonly fetches: Fetch[] = [];
  readonly progress: Progress[] = [];
  /** As they came: a device says its result again where the answer is late. */
  readonly results: SessionResult[] = [];
  /** Raw deltas by execution. */
  readonly deltas = new Map<number, Uint8Array>();
  /** Executions that ended without a delta. */
  readonly ended = new Set<number>();
  readonly pieces: number[] = [];
  private readonly intakes = new Map<string, DeltaIntake>();
  readonly broker: TestBroker;

  constructor(readonly script: ServerScript) {
    this.broker = new TestBroker({
      admits: (login) => this.admits(login),
      onMessage: (topic, payload) => this.take(topic, payload),
    });
  }

  private admits({ clientId, user, password }: Login): boolean {
    if (user === 'enrol') return password === TEST_TOKEN;
    return user === clientId && password === secretOf(user);
  }

  private take(topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind === 'enrol' && this.hears('enrol'))
      this.enrol(parsed.uid, valueOf(decodeEnrol(payload)));
    if (parsed?.kind === 'up' && this.hears(parsed.message))
      this.takeUp(parsed.address, parsed.message, payload);
  }

  private hears(kind: UpMessage | 'enrol'): boolean {
    return this.script.hears?.(kind) ?? true;
  }

  private takeUp(address: DeviceAddress, message: UpMessage, payload: Uint8Array): void {
    switch (message) {
      case 'hello':
        return this.hello(address, valueOf(decodeHello(payload)));
      case 'fetch':
        return this.fetch(address, valueOf(decodeFetch(payload)));
      case 'progress':
        this.progress.push(valueOf(decodeProgress(payload)));
        return undefined;
      case 'result':
        return this.result(address, valueOf(decodeResult(payload)));
      case 'delta': {
        const piece = valueOf(decodeDeltaPiece(payload));
        this.pieces.push(piece.offset);
        const intake = this.intakes.get(keyOf(piece));
        intake?.take(piece);
        if (intake) this.answer(address, intake);
      }
    }
    return undefined;
  }

  private enrol(uid: BoardUid, message: Enrol): void {
    this.enrolments.push(message);
    const device = valueOfId(parseDeviceId(`dev-${uid}`));
    const fleet = valueOfId(parseFleetId(FLEET));
    const answer = {
      kind: 'granted',
      nonce: message.nonce,
      device,
      fleet,
      secret: secretOf(device),
    } as const;
    this.broker.send(enrolAnswerTopic(uid), encodeEnrolAnswer(answer));
  }

  private hello(address: DeviceAddress, hello: Hello): void {
    this.hellos.push(hello);
    this.push(address, this.script.job(address, hello));
  }

  push(address: DeviceAddress, job: Job): void {
    this.send(address, 'job', encodeJob(job));
  }

  private fetch(address: DeviceAddress, fetch: Fetch): void {
    this.fetches.push(fetch);
    const artifact = this.script.artifacts.find(({ id }) => id === fetch.artifact);
    if (!artifact) this.send(address, 'chunk', encodeChunk(unknownArtifact(fetch)));
    else if (fetch.of === 'digests') this.send(address, 'digests', encodeDigests(artifact.digests(fetch)));
    else for (const chunk of artifact.data(fetch)) this.send(address, 'chunk', encodeChunk(chunk));
  }

  /** Results without those that only say again what was said before. */
  get distinctResults(): readonly SessionResult[] {
    const { results } = this;
    return results.filter(
      (result, i) => !results.slice(0, i).some((each) => isDeepStrictEqual(each, result)),
    );
  }

  private result(address: DeviceAddress, result: SessionResult): void {
    this.results.push(result);
    if (result.kind !== 'trained') {
      this.ended.add(result.execution);
      const { execution, attempt } = result;
      this.send(address, 'ack', encodeAck({ execution, attempt, status: Status.stored, haveBytes: 0 }));
      return;
    }
    const intake = this.intakes.get(keyOf(result)) ?? new DeltaIntake(result, this.script.decodeDelta);
    this.intakes.set(keyOf(result), intake);
    this.answer(address, intake);
  }

  private answer(address: DeviceAddress, intake: DeltaIntake): void {
    if (intake.raw) this.deltas.set(intake.ack.execution, intake.raw);
    this.send(address, 'ack', encodeAck(intake.ack));
  }

  private send(address: DeviceAddress, kind: DownMessage, payload: Uint8Array): void {
    const tampered = this.script.tamper?.(kind, payload) ?? [payload];
    for (const each of tampered) this.broker.send(downTopic(address, kind), each);
  }
}

const secretOf = (device: string): string => toHex(sha256(new TextEncoder().encode(device)));
const keyOf = ({ execution, attempt }: { readonly execution: number; readonly attempt: number }): string =>
  `${execution}/${attempt}`;

/** A device that sends what the protocol does not allow fails the test that it is in. */
const valueOf = <T>(result: Result<T>): T => unwrap(result);

function valueOfId<T>(id: T | undefined): T {
  if (id === undefined) throw new Error('not an id of the protocol');
  return id;
}
