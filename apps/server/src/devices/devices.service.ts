import { Injectable } from '@nestjs/common';

import { type Build, BuildsRepository } from '../builds/builds.repository';
import { ApiError, found } from '../http/api-error';
import { BrokerService } from '../mqtt/broker.service';
import { BlobStore } from '../storage/blob-store';
import { deviceView } from './device-view';
import type { DeviceDto, DevicesPageDto, ImageFormat } from './devices.dto';
import { type DeviceFilter, DevicesRepository } from './devices.repository';

@Injectable()
export class DevicesService {
  constructor(
    private readonly devices: DevicesRepository,
    private readonly builds: BuildsRepository,
    private readonly broker: BrokerService,
    private readonly blobs: BlobStore,
  ) {}

  async page(filter: DeviceFilter): Promise<DevicesPageDto> {
    const { items, total } = await this.devices.page(filter);
    const builds = await this.builds.findAll(items.flatMap(({ buildId }) => buildId ?? []));
    const view = (device: (typeof items)[number]) =>
      deviceView(device, builds.get(device.buildId ?? ''), this.broker.isConnected(device.id));
    return { items: items.map(view), total };
  }

  async find(id: string): Promise<DeviceDto> {
    const device = found(await this.devices.find(id), 'device.not-found', `device ${id}`);
    const build = device.buildId === null ? undefined : await this.builds.find(device.buildId);
    return deviceView(device, build, this.broker.isConnected(id));
  }

  /** The program that was built for the device. */
  async image(id: string, format: ImageFormat): Promise<Uint8Array> {
    const { elfDigest, wasmDigest } = await this.buildOf(id);
    const digest = format === 'elf' ? elfDigest : wasmDigest;
    return this.blobs.get(found(digest, 'image.not-found', `${format} program for the device ${id}`));
  }

  /** JSON of the plan: every buffer with its offset and its life. */
  async memoryMap(id: string): Promise<unknown> {
    return JSON.parse((await this.buildOf(id)).planJson);
  }

  private async buildOf(id: string): Promise<Build> {
    const { state, reason, buildId } = found(await this.devices.find(id), 'device.not-found', `device ${id}`);
    const build = buildId === null ? undefined : await this.builds.find(buildId);
    if (build) return build;
    throw new ApiError('device.no-build', `no program was built for the device ${id}: it is ${state}`, {
      state,
      reason,
    });
  }
}
