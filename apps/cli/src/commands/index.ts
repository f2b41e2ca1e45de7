import type { Command } from '../command';
import { build } from './build';
import { inspect } from './inspect';
import { plan } from './plan';

/** Every command of `fleetlearn`, in the order of the help: to add one, write its file and name it here. */
export const commands: readonly Command[] = [inspect, plan, build];
