import process from 'node:process';

import { readConfig } from './server-config';

/** The configuration of this process: the only place that looks at its environment. */
export const processConfig = (): ReturnType<typeof readConfig> => readConfig(process.env);
