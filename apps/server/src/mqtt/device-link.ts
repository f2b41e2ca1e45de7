import { Injectable } from '@nestjs/common';

import {
  type Ack,
  type BoardUid,
  type Chunk,
  type DeviceAddress,
  type DeviceId,
  type Digests,
  downTopic,
  encodeAck,
  encodeChunk,
  encodeDigests,
  encodeEnrolAnswer,
  encodeJob,
  type EnrolAnswer,
  enrolAnswerTopic,
  type FleetId,
  type Job,
} from '#libs/fleet/protocol';

import { BrokerService } from './broker.service';

/** Everything that the server says to devices. */
@Injectable()
export class DeviceLink {
  constructor(private readonly broker: BrokerService) {}

  isConnected(deviceId: string): boolean {
    return this.broker.isConnected(deviceId);
  }

  job(to: DeviceAddress, job: Job): void {
    this.broker.send(downTopic(to, 'job'), encodeJob(job));
  }

  ack(to: DeviceAddress, ack: Ack): void {
    this.broker.send(downTopic(to, 'ack'), encodeAck(ack));
  }

  chunk(to: DeviceAddress, chunk: Chunk): void {
    this.broker.send(downTopic(to, 'chunk'), encodeChunk(chunk));
  }

  digests(to: DeviceAddress, digests: Digests): void {
    this.broker.send(downTopic(to, 'digests'), encodeDigests(digests));
  }

  enrolAnswer(to: BoardUid, answer: EnrolAnswer): void {
    this.broker.send(enrolAnswerTopic(to), encodeEnrolAnswer(answer));
  }
}

/** A device's address from its row; ids were made by the server. */
export const addressOf = ({
  fleetId,
  id,
}: {
  readonly fleetId: string;
  readonly id: string;
}): DeviceAddress => ({
  fleet: fleetId as FleetId,
  device: id as DeviceId,
});
