/**
 * The flash of a device, as its factory writes it and as a test reads it back. FORMATS.md ("Flash of a device") is the
 * specification; firmware-templates/store is the same in C.
 */
export { factoryFlash } from './flash-image';
export { FLASH_MAP, samplesOffset, SECTOR_BYTES, slotOffset } from './flash-map';
export { readIdentity, type StoredIdentity } from './identity';
export { ENTROPY_BYTES, type Provisioning } from './provisioning';
