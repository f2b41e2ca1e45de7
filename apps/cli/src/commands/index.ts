import type { Command } from '../command';
import { build } from './build';
import { completionOf } from './completion';
import { explain } from './explain';
import { inspect } from './inspect';
import { plan } from './plan';
import { run } from './run';

const working: readonly Command[] = [inspect, run, plan, explain, build];

/** Every command of `fleetlearn`, in the order of the help: to add one, write its file and name it above. */
export const commands: readonly Command[] = [...working, completionOf(working)];
