import { Inject, Injectable } from '@nestjs/common';

import { toHex } from '#libs/base/bytes';
import type { Clock } from '#libs/base/clock';
import {
  type DeviceAddress,
  type Hello,
  type Job,
  layoutId,
  type Progress,
  schemeId,
} from '#libs/fleet/protocol';

import { ExecutionsRepository } from '../campaigns/executions.repository';
import { CLOCK, SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';
import { Database } from '../database/database';
import { DevicesRepository, type DeviceWithBuild } from '../devices/devices.repository';
import { addressOf, DeviceLink } from '../mqtt/device-link';
import { cutText } from './cut-text';
import { workOrder } from './work-order';

/** A device that waits for its program is told soon. */
const PREPARING_WAIT_MS = 3_000;

/**
 * What a device is to do now: always worked out from the database, never remembered. So a push is only a hint, nothing
 * need be queued for a device that is away, and a restarted server goes on where the rows say (PROTOCOL.md, rule 3).
 */
@Injectable()
export class WorkService {
  /** The last phase that each device told, so that most frames cost no query. */
  private readonly phases = new Map<string, Pick<Progress, 'execution' | 'phase'>>();

  constructor(
    private readonly database: Database,
    private readonly devices: DevicesRepository,
    private readonly executions: ExecutionsRepository,
    private readonly link: DeviceLink,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async hello(from: DeviceAddress, { boots, layout, scheme, parameterDigest }: Hello): Promise<Job> {
    const at = new Date(this.clock.now());
    const digest = parameterDigest.length > 0 ? toHex(parameterDigest) : null;
    const hello = { at, boots, layout, scheme, parameterDigest: digest };
    const device = await this.database.inTransaction(async (transaction) => {
      await this.devices.saveHello(transaction, from.device, hello);
      return this.devices.findWithBuild(from.device, transaction);
    });
    if (!device) throw new Error(`the device ${from.device} is connected, but has no row`);
    return this.jobFor(device);
  }

  /** Tells a device its job without being asked. Where it is away, it will ask. */
  async push(deviceId: string): Promise<void> {
    if (!this.link.isConnected(deviceId)) return;
    const device = await this.devices.findWithBuild(deviceId);
    if (device) this.link.job(addressOf(device), await this.jobFor(device));
  }

  /** Whether a progress frame is of this device's open execution; keeps its phase where that is new. */
  async progress({ device }: DeviceAddress, { execution, phase }: Progress): Promise<boolean> {
    const last = this.phases.get(device);
    if (last?.execution === execution && last.phase === phase) return true;
    if ((await this.executions.openOf(device))?.id !== execution) return false;
    await this.database.inTransaction((transaction) =>
      this.executions.savePhase(transaction, execution, phase),
    );
    this.phases.set(device, { execution, phase });
    return true;
  }

  private async jobFor(device: DeviceWithBuild): Promise<Job> {
    if (device.state === 'refused') return { kind: 'refused', text: cutText(device.reason ?? 'refused') };
    if (device.state === 'failed')
      return this.wait(this.helloMs, `the program was not built: ${device.reason ?? ''}`);
    if (!device.build) return this.wait(PREPARING_WAIT_MS, 'no program for this device yet');
    if (!isProgrammed(device)) return this.install(device.build);
    const execution = await this.executions.openOf(device.id);
    if (!execution) return this.wait(this.helloMs, 'nothing to do');
    return workOrder(execution, device.build, await this.executions.learnedItemsBefore(execution));
  }

  private get helloMs(): number {
    return this.config.helloSeconds * 1_000;
  }

  private wait(waitMs: number, text: string): Job {
    return { kind: 'wait', waitMs, text: cutText(text) };
  }

  private install({ layout, scheme }: { readonly layout: number; readonly scheme: number }): Job {
    const text = 'program this board with the image that was built for it';
    return {
      kind: 'install',
      layout: layoutId(layout),
      scheme: schemeId(scheme),
      waitMs: this.helloMs,
      text,
    };
  }
}

const isProgrammed = ({ build, lastHello }: DeviceWithBuild): boolean =>
  build !== null && lastHello?.layout === build.layout && lastHello.scheme === build.scheme;
