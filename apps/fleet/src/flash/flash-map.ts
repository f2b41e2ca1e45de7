/** Where things lie in a device's flash (FORMATS.md, "Flash of a device"): the same numbers as fl_flash_map.h. */
export const SECTOR_BYTES = 4096;

export const FLASH_MAP = {
  provisioning: 0,
  identity: 2 * SECTOR_BYTES,
  boots: 4 * SECTOR_BYTES,
  slots: 8 * SECTOR_BYTES,
} as const;

/** One sector of header, then the image. */
export const slotOffset = (slot: 0 | 1 | 2, slotBytes: number): number =>
  FLASH_MAP.slots + slot * (SECTOR_BYTES + slotBytes);

/** After both slots comes the ring for captured items, then the sample log. */
export const samplesOffset = (slotBytes: number, captureBytes = 0): number =>
  slotOffset(2, slotBytes) + captureBytes;

export const wholeSectors = (bytes: number): number => Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
