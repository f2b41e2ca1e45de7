import type { FleetlearnApi } from './api/fleetlearn-api';
import type { DemoOptions } from './options';
import type { Children } from './processes/children';
import type { Progress } from './progress';

/** One run of the demo: what everything in it shares. */
export interface Run {
  readonly options: DemoOptions;
  /** Its own, empty at the start. */
  readonly folder: string;
  readonly children: Children;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A run whose server is up. */
export interface World extends Run {
  readonly api: FleetlearnApi;
}
