import process from 'node:process';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Ctrl-C, or another wish that the demo should end: a reason to stop everything and leave with `exitCode`. */
export class Interruption extends Error {
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** Turns the first such signal into an abort; further ones change nothing, for the children are then being stopped. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.on(name, () => controller.abort(new Interruption(exitCode)));
  }
  return controller.signal;
}
