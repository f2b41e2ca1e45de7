/** What the server's report says of one device of a campaign; undefined where the device never got that far. */
export interface DeviceReport {
  readonly name: string;
  readonly board: string;
  readonly sramBudgetBytes: number;
  readonly scheme: string | undefined;
  /** SRAM: what the plan says, what the built program says, what the device measured. */
  readonly plannedPeakBytes: number | undefined;
  readonly builtPeakBytes: number | undefined;
  readonly measuredPeakBytes: number | undefined;
  /** On the device's own test recordings: the factory model, own training from it, the fleet's last model version. */
  readonly accuracyBefore: number | undefined;
  readonly accuracyPersonal: number | undefined;
  readonly accuracyGlobal: number | undefined;
  readonly bytesDown: number | undefined;
  readonly bytesUp: number | undefined;
}

/** The mean of what is there; undefined for nothing. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === 0 ? undefined : present.reduce((sum, value) => sum + value, 0) / present.length;
}
