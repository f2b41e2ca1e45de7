/**
 * - enrolled: waits for the fleet's model, or for its turn to be prepared
 * - ready: has a build for the fleet's model
 * - refused: the model can't run there, or the board is unknown; `reason` says why, and it stays so for this model
 * - failed: the build broke; `reason` says how, and assigning the model again tries again
 */
export const DEVICE_STATES = ['enrolled', 'ready', 'refused', 'failed'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];
