import process from 'node:process';
import { err, fault, ok, type Result } from '#libs/base/result';

/** What the fleet is told from outside; nothing else in it looks at the environment or the command line. */
export interface FleetConfig {
  /** Path of the fleet's description (README). */
  readonly description: string;
  /** Bearer token of the server, to fetch programs with. */
  readonly adminToken: string;
  /** The emulator: a name to be found in PATH, or a path. */
  readonly qemu: string;
}

const USAGE = 'usage: FLEETLEARN_ADMIN_TOKEN=... node dist/apps/fleet/src/main.js FLEET.json';

export function readConfig(
  words: readonly string[] = process.argv.slice(2),
  environment: NodeJS.ProcessEnv = process.env,
): Result<FleetConfig> {
  const [description, ...rest] = words;
  const adminToken = environment['FLEETLEARN_ADMIN_TOKEN'];
  if (description === undefined || rest.length > 0) return err(fault('config.invalid', USAGE));
  if (!adminToken) return err(fault('config.invalid', `FLEETLEARN_ADMIN_TOKEN is not set\n${USAGE}`));
  return ok({ description, adminToken, qemu: environment['FLEETLEARN_QEMU'] ?? 'qemu-system-arm' });
}
