import { join, resolve } from 'node:path';

import { err, type Fault, ok, type Result } from '#libs/base/result';

import type { Variable } from './variable';
import { VARIABLES } from './variables';

type ValueOf<V> = V extends Variable<infer T> ? T : never;

/** What the server was told at its start; the keys and their meaning are in variables.ts. */
export type ServerConfig = { readonly [K in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[K]> };

export interface ConfigFault extends Fault {
  readonly code: 'config.invalid';
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration in an environment, or every fault of it at once. */
export function readConfig(environment: Environment): Result<ServerConfig, ConfigFault> {
  const problems: string[] = [];
  const entries = Object.entries(VARIABLES).map(([key, variable]) => {
    const read = readVariable(variable as Variable<unknown>, environment);
    if (!read.ok) problems.push(`${variable.name} ${read.error.message} (${variable.meaning})`);
    return [key, read.ok ? read.value : undefined];
  });
  if (problems.length > 0) return err({ code: 'config.invalid', message: problems.join('\n'), problems });
  return ok(withAbsolutePaths(Object.fromEntries(entries) as ServerConfig));
}

function readVariable<T>(variable: Variable<T>, environment: Environment): Result<T> {
  const text = environment[variable.name] ?? (variable.alias && environment[variable.alias]);
  return text === undefined || text === '' ? ok(variable.fallback) : variable.parse(text);
}

/** Rows name files of the data dir, so both lie together unless the database is named. */
function withAbsolutePaths(config: ServerConfig): ServerConfig {
  const dataDir = resolve(config.dataDir);
  return {
    ...config,
    dataDir,
    buildCacheDir: resolve(config.buildCacheDir),
    databaseUrl: config.databaseUrl || `file:${join(dataDir, 'fleetlearn.db')}`,
  };
}
