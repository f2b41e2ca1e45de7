/** What people call a device. */
export const deviceName = ({ label, uid }: { readonly label: string | null; readonly uid: string }): string =>
  label ?? uid;

/** Names of devices by id; a device that is not known (any more) is called by its id. */
export type DeviceNames = (id: string) => string;

export function namesOf(
  devices: readonly { readonly id: string; readonly label: string | null; readonly uid: string }[],
): DeviceNames {
  const names = new Map(devices.map((device) => [device.id, deviceName(device)]));
  return (id) => names.get(id) ?? id;
}
