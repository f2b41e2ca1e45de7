import { Injectable } from '@nestjs/common';

import { invariant } from '#libs/base/result';
import type { Contribution } from '#libs/fleet/aggregate';

import { type Build, BuildsRepository } from '../builds/builds.repository';
import { DevicesRepository } from '../devices/devices.repository';
import { BlobStore } from '../storage/blob-store';
import type { CampaignRound } from './campaigns.repository';
import { ExecutionsRepository } from './executions.repository';

/** What the devices of a round learned. */
@Injectable()
export class RoundContributions {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly devices: DevicesRepository,
    private readonly builds: BuildsRepository,
    private readonly blobs: BlobStore,
  ) {}

  /** Sorted by device, so that they come in the same order whenever this is done. */
  async of({ id }: CampaignRound): Promise<Contribution[]> {
    const deltas = await this.executions.deltasOfRound(id);
    const builds = await this.buildsByDevice(deltas.map(({ execution }) => execution.deviceId));
    return Promise.all(
      deltas.map(async ({ execution, digest }): Promise<Contribution> => {
        const { deviceId, learnedItems = 0 } = execution;
        const build = builds.get(deviceId);
        invariant(build, `device ${deviceId} has a build`);
        return {
          deviceId,
          sampleCount: learnedItems,
          layout: build.deltaLayout,
          raw: await this.blobs.get(digest),
        };
      }),
    );
  }

  private async buildsByDevice(deviceIds: readonly string[]): Promise<ReadonlyMap<string, Build>> {
    const devices = await this.devices.findAll(deviceIds);
    const builds = await this.builds.findAll(devices.flatMap(({ buildId }) => buildId ?? []));
    return new Map(
      devices.flatMap(({ id, buildId }): [string, Build][] => {
        const build = builds.get(buildId ?? '');
        return build ? [[id, build]] : [];
      }),
    );
  }
}
