import process from 'node:process';

/** The demo's own environment with `more` over it: what a child is started with. */
export const environmentWith = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...more,
});
