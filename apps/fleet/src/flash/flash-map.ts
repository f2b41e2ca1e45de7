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

/** The sample log comes after both slots. */
export const samplesOffset = (slotBytes: number): number => slotOffset(2, slotBytes);

export const wholeSectors = (bytes: number): number => Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
