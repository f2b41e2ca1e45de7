import { parseArgs } from 'node:util';
import { DemoError } from './demo-error';

export interface DemoOptions {
  /** Exit when the job is done instead of staying up. */
  readonly once: boolean;
  /** Folder with real recordings (FSDD); absent: the committed synthetic voices. */
  readonly data: string | undefined;
  /** Absent: a free one. */
  readonly httpPort: number | undefined;
  readonly mqttPort: number | undefined;
}

export const USAGE = `usage: npm run demo [-- OPTIONS]

A fleet of nine emulated microcontrollers learns to understand its households; takes a few minutes.

  --once           exit when the job is done: 0 if every device that fits enrolled, trained and the fleet got better
  --data DIR       real speech instead of synthetic: a folder in the layout of the FSDD features
  --http-port N    port of the page (default: a free one)
  --mqtt-port N    port of the device broker (default: a free one)
  --help`;

/** 'help', or what was asked for. */
export function parseOptions(words: readonly string[]): DemoOptions | 'help' {
  const values = parse(words);
  if (values.help) return 'help';
  return {
    once: values.once ?? false,
    data: values.data,
    httpPort: portOf('--http-port', values['http-port']),
    mqttPort: portOf('--mqtt-port', values['mqtt-port']),
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        once: { type: 'boolean' },
        data: { type: 'string' },
        'http-port': { type: 'string' },
        'mqtt-port': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new DemoError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function portOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new DemoError(`${option} is "${text}", but a port is a number from 1 to 65535.`);
}
