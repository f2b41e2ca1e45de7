import type { Build } from '../builds/builds.repository';
import type { BuildDto, DeviceDto } from './devices.dto';
import type { Device } from './devices.repository';

export function deviceView(device: Device, build: Build | undefined, isOnline: boolean): DeviceDto {
  const {
    id,
    fleetId,
    uid,
    label,
    board,
    core,
    sramBytes,
    flashBytes,
    state,
    reason,
    enrolledAt,
    lastHello,
  } = device;
  return {
    id,
    fleetId,
    uid,
    label,
    board,
    core,
    sramBytes,
    flashBytes,
    state,
    reason,
    enrolledAt,
    isOnline,
    isProgrammed:
      build !== undefined && lastHello?.layout === build.layout && lastHello.scheme === build.scheme,
    lastSeenAt: lastHello?.at ?? null,
    boots: lastHello?.boots ?? null,
    build: build ? buildView(build) : null,
  };
}

const buildView = (build: Build): BuildDto => {
  const { id, layout, scheme, schemeName, plannedPeakBytes, elfPeakBytes, elfFlashBytes, createdAt } = build;
  return { id, layout, scheme, schemeName, plannedPeakBytes, elfPeakBytes, elfFlashBytes, createdAt };
};
