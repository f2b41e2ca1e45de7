import type { Command } from '../command';
import { build } from './build';
import { completionOf } from './completion';
import { explain } from './explain';
import { head } from './head';
import { inspect } from './inspect';
import { plan } from './plan';
import { run } from './run';
import { scheme } from './scheme';
import { train } from './train';

const working: readonly Command[] = [inspect, run, head, train, scheme, plan, explain, build];

/** Every command of `fleetlearn`, in the order of the help: to add one, write its file and name it above. */
export const commands: readonly Command[] = [...working, completionOf(working)];
