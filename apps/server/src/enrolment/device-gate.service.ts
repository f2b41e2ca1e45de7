import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { err, fault, ok, type Result } from '#libs/base/result';
import { parseBoardUid, parseDeviceId, parseFleetId } from '#libs/fleet/protocol';

import { CLOCK } from '../config/server-config.token';
import { DevicesRepository } from '../devices/devices.repository';
import { type EnrolmentToken, FleetsRepository } from '../fleets/fleets.repository';
import type { Claim, DeviceGate, DeviceIdentity } from '../mqtt/device-gate';
import { isSecretOf, parseToken } from './enrolment-token';

const ENROL_USER = 'enrol';

/** Who may connect (PROTOCOL.md, "Connections and topics"). The reason of a refusal goes to the audit, not to the caller. */
@Injectable()
export class DeviceGateService implements DeviceGate {
  constructor(
    private readonly fleets: FleetsRepository,
    private readonly devices: DevicesRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  admit(claim: Claim): Promise<Result<DeviceIdentity>> {
    return claim.userName === ENROL_USER ? this.admitBoard(claim) : this.admitDevice(claim);
  }

  private async admitBoard({ clientId, password }: Claim): Promise<Result<DeviceIdentity>> {
    const uid = parseBoardUid(clientId);
    if (uid === undefined)
      return refuse('mqtt.bad-client-id', 'a board connects under its uid, 16 hexadecimal digits');
    const parts = parseToken(password);
    const token = parts && (await this.fleets.findToken(parts.id));
    if (!parts || !token || !isSecretOf(parts.secret, token.secretHash)) {
      return refuse('enrolment.wrong-token', `the board ${uid} gave a token that does not exist`);
    }
    return (await this.isSpent(token, uid))
      ? refuse(
          'enrolment.spent-token',
          `the board ${uid} gave the token ${token.id}, which is used up or expired`,
        )
      : ok({ kind: 'enrolling', uid, tokenId: token.id });
  }

  /** A board that enrolled with this token may ask again: the answer may have been lost. */
  private async isSpent(token: EnrolmentToken, uid: string): Promise<boolean> {
    if (token.used < token.quota && token.expiresAt.getTime() > this.clock.now()) return false;
    return (await this.devices.findByUid(uid))?.tokenId !== token.id;
  }

  private async admitDevice({ clientId, userName, password }: Claim): Promise<Result<DeviceIdentity>> {
    const device = clientId === userName ? await this.devices.find(clientId) : undefined;
    const deviceId = parseDeviceId(clientId);
    const fleetId = device && parseFleetId(device.fleetId);
    if (!device || deviceId === undefined || fleetId === undefined) {
      return refuse(
        'mqtt.unknown-device',
        `there is no device ${clientId.slice(0, 40)}, or its user name is not its own`,
      );
    }
    if (!isSecretOf(password, device.secretHash)) {
      return refuse('mqtt.wrong-secret', `the device ${deviceId} gave a wrong secret`);
    }
    return ok({ kind: 'device', fleet: fleetId, device: deviceId });
  }
}

const refuse = (code: string, message: string) => err(fault(code, message));
