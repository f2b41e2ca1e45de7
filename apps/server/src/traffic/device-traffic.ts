import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import type { Result } from '#libs/base/result';
import {
  decodeDeltaPiece,
  decodeEnrol,
  decodeFetch,
  decodeHello,
  decodeProgress,
  decodeResult,
  type DeviceAddress,
  parseTopic,
  type UpMessage,
} from '#libs/fleet/protocol';

import { AuditService } from '../audit/audit.service';
import { EnrolmentService } from '../enrolment/enrolment.service';
import { type Arrival, BrokerService } from '../mqtt/broker.service';
import type { EnrollingIdentity } from '../mqtt/device-gate';
import { TelemetryService } from '../telemetry/telemetry.service';
import { UploadsService } from '../uploads/uploads.service';
import { WorkService } from '../orders/work.service';
import { ArtifactServer } from './artifact-server';
import { DeviceLink } from '../mqtt/device-link';
import { KeyedQueue } from './keyed-queue';

/** A device may send 8 fetches or pieces ahead; what is beyond it repeats. */
const MAX_WAITING_PER_DEVICE = 32;

type Handler = (from: DeviceAddress, payload: Uint8Array) => Promise<void>;

/**
 * Takes what devices say to the service it is for, one message of a device after another, and sends the answer.
 * What is malformed is recorded; what fails is logged, and the device asks again.
 */
@Injectable()
export class DeviceTraffic implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Traffic');
  private readonly queue = new KeyedQueue(MAX_WAITING_PER_DEVICE, (key, error) =>
    this.logger.error(key, error),
  );

  private readonly handlers: Record<UpMessage, Handler> = {
    hello: (from, payload) =>
      this.decoded(from.device, decodeHello(payload), async (hello) => {
        this.link.job(from, await this.work.hello(from, hello));
      }),
    fetch: (from, payload) =>
      this.decoded(from.device, decodeFetch(payload), async (fetch) => {
        const answer = await this.artifacts.answer(from, fetch);
        if (answer.kind === 'digests') this.link.digests(from, answer.digests);
        else for (const chunk of answer.chunks) this.link.chunk(from, chunk);
      }),
    progress: (from, payload) =>
      this.decoded(from.device, decodeProgress(payload), async (progress) => {
        if (await this.work.progress(from, progress)) this.telemetry.add(from.device, progress);
      }),
    result: (from, payload) =>
      this.decoded(from.device, decodeResult(payload), async (result) => {
        this.link.ack(from, await this.uploads.result(from, result));
      }),
    delta: (from, payload) =>
      this.decoded(from.device, decodeDeltaPiece(payload), async (piece) => {
        this.link.ack(from, await this.uploads.piece(from, piece));
      }),
  };

  constructor(
    private readonly broker: BrokerService,
    private readonly link: DeviceLink,
    private readonly enrolment: EnrolmentService,
    private readonly work: WorkService,
    private readonly artifacts: ArtifactServer,
    private readonly telemetry: TelemetryService,
    private readonly uploads: UploadsService,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.broker.onArrival((arrival) => this.take(arrival));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.drain();
  }

  private take({ from, topic, payload }: Arrival): void {
    const parsed = parseTopic(topic);
    if (from.kind === 'enrolling') {
      this.queue.run(from.uid, () => this.enrol(from, payload));
    } else if (parsed?.kind === 'up') {
      this.queue.run(from.device, () => this.handlers[parsed.message](from, payload));
    }
  }

  private enrol(from: EnrollingIdentity, payload: Uint8Array): Promise<void> {
    return this.decoded(from.uid, decodeEnrol(payload), async (request) => {
      this.link.enrolAnswer(from.uid, await this.enrolment.enrol(from, request));
    });
  }

  private async decoded<T>(
    sender: string,
    message: Result<T>,
    handle: (message: T) => Promise<void>,
  ): Promise<void> {
    if (message.ok) return handle(message.value);
    this.audit.record({ code: message.error.code, subject: sender, message: message.error.message });
  }
}
