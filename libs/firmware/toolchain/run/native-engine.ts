import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok } from '#libs/base/result';
import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import { type Engine, engineOver } from './engine';
import { inFolder } from './in-folder';

const TIMEOUT_MS = 600_000;

/** The harness as a program of this machine, a process a job. */
export const nativeEngine = (shop: Workshop, build: Build): Engine =>
  engineOver(build, (job) =>
    inFolder(async (folder) => {
      const [program, jobFile, resultFile] = ['program', 'job', 'result'].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      await Promise.all([writeFile(program, build.binary), writeFile(jobFile, job)]);
      await chmod(program, 0o755);
      const run = await shop.exec.run(program, [jobFile, resultFile], { timeoutMs: TIMEOUT_MS });
      if (run.kind === 'ended' && run.code === 0)
        return ok({ result: new Uint8Array(await readFile(resultFile)) });
      const said = run.kind === 'missing' ? 'it cannot be started' : run.stderr.slice(0, 2000);
      return err({
        code: 'run.failed' as const,
        message: `the native program ended badly (${run.kind}): ${said}`,
      });
    }),
  );
