import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { toHex } from '#libs/base/bytes';
import {
  codeSentence,
  type DeviceId,
  type Enrol,
  type EnrolAnswer,
  type FleetId,
  type RefusalName,
  Status,
} from '#libs/fleet/protocol';

import { AuditService } from '../audit/audit.service';
import { CLOCK } from '../config/server-config.token';
import { Database, type Transaction } from '../database/database';
import { newId } from '../database/new-id';
import { type Device, DevicesRepository, type NewDevice } from '../devices/devices.repository';
import { type EnrolmentToken, FleetsRepository } from '../fleets/fleets.repository';
import { JobQueue } from '../jobs/job-queue';
import type { EnrollingIdentity } from '../mqtt/device-gate';
import { DeviceSecrets } from './device-secrets';
import { hashOf } from './enrolment-token';

/** Makes devices of boards. The same (uid, nonce) gets the same answer for ever; another nonce is a conflict. */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly database: Database,
    private readonly devices: DevicesRepository,
    private readonly fleets: FleetsRepository,
    private readonly secrets: DeviceSecrets,
    private readonly jobs: JobQueue,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async enrol({ uid, tokenId }: EnrollingIdentity, request: Enrol): Promise<EnrolAnswer> {
    if (toHex(request.uid) !== uid) return refused(request, 'malformed');
    const outcome = await this.database.inTransaction((transaction) =>
      this.findOrAdd(transaction, tokenId, request),
    );
    if (typeof outcome === 'string') {
      this.audit.record({
        code: REFUSAL_EVENTS[outcome],
        subject: uid,
        message: codeSentence(Status[outcome]),
      });
      return refused(request, outcome);
    }
    const { device, isNew } = outcome;
    if (isNew) {
      this.audit.record({
        code: 'device.enrolled',
        subject: device.id,
        message: `board ${uid}, ${device.board}`,
      });
      this.jobs.wake();
    }
    return this.granted(device, request);
  }

  private async findOrAdd(transaction: Transaction, tokenId: string, request: Enrol): Promise<Outcome> {
    const known = await this.devices.findByUid(toHex(request.uid), transaction);
    if (known) return known.nonce === toHex(request.nonce) ? { device: known, isNew: false } : 'uidConflict';
    const now = new Date(this.clock.now());
    const token = await this.fleets.spendToken(transaction, tokenId, now);
    if (!token) return 'tokenRefused';
    const device = await this.devices.add(transaction, this.newDevice(request, { token, now }));
    const payload = { deviceId: device.id };
    await this.jobs.add(transaction, { name: 'prepareDevice', key: device.id, payload });
    return { device, isNew: true };
  }

  private newDevice(request: Enrol, { token, now }: { token: EnrolmentToken; now: Date }): NewDevice {
    const uid = toHex(request.uid);
    const nonce = toHex(request.nonce);
    const { label, board, core, sramBudgetBytes: sramBytes, flashBytes } = request;
    const ids = { id: newId('device'), fleetId: token.fleetId, tokenId: token.id, uid, nonce };
    const secretHash = hashOf(this.secrets.of(uid, nonce));
    return { ...ids, secretHash, label: label ?? null, board, core, sramBytes, flashBytes, enrolledAt: now };
  }

  private granted(device: Device, request: Enrol): EnrolAnswer {
    const secret = this.secrets.of(device.uid, device.nonce);
    const ids = { device: device.id as DeviceId, fleet: device.fleetId as FleetId };
    return { kind: 'granted', nonce: request.nonce, ...ids, secret };
  }
}

type Outcome = { readonly device: Device; readonly isNew: boolean } | 'uidConflict' | 'tokenRefused';

const REFUSAL_EVENTS = {
  uidConflict: 'enrolment.uid-conflict',
  tokenRefused: 'enrolment.spent-token',
} satisfies Partial<Record<RefusalName, string>>;

const refused = ({ nonce }: Enrol, name: RefusalName): EnrolAnswer => ({
  kind: 'refused',
  status: Status[name],
  nonce,
  text: codeSentence(Status[name]),
});
