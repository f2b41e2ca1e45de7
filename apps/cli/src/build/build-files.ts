import { digestOf } from '#libs/base/bytes';
import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { Workshop } from '#libs/firmware/toolchain';
import type { Files } from '../files/write-files';
import type { ModelFile } from '../model/read-model';
import { type BuildReport, reportOf } from './build-report';
import type { CompiledProgram } from './compiled-program';
import { imageFiles } from './image-files';
import { libraryFiles } from './library-files';
import { linkImages } from './linked-images';

export interface BuildJob {
  readonly model: ModelFile;
  readonly modelPath: string;
  readonly board: Board;
  readonly program: CompiledProgram;
  readonly format: 'image' | 'c-library';
}

/** A build: files by name, and what is reported of it. */
export interface BuiltFolder {
  readonly files: Files;
  readonly report: BuildReport;
}

/** Everything that a build writes. Refused where it does not fit, cannot be compiled, or is not made for the board. */
export async function buildFiles(shop: Workshop, job: BuildJob): Promise<Result<BuiltFolder>> {
  const made = job.format === 'image' ? await makeImage(shop, job) : await makeLibrary(shop, job);
  if (!made.ok) return made;
  const { files, report } = made.value;
  const withReport = new Map([...files, ['report.json', `${JSON.stringify(report, null, 2)}\n`] as const]);
  return ok({ files: withReport, report });
}

async function makeImage(shop: Workshop, job: BuildJob): Promise<Result<BuiltFolder>> {
  const builds = await linkImages(shop, job.program, job.board);
  if (!builds.ok) return builds;
  const files = imageFiles(job.program, builds.value);
  return ok({ files, report: reportOf(job, builds.value, describeAll(files)) });
}

/** The library is sized by linking the program around the same code, where that is made for the board. */
async function makeLibrary(shop: Workshop, job: BuildJob): Promise<Result<BuiltFolder>> {
  const isSized = job.program.scheme === undefined || job.board.drivers !== undefined;
  const builds = isSized ? await linkImages(shop, job.program, job.board) : ok([]);
  if (!builds.ok) return builds;
  const files = await libraryFiles(shop, job, builds.value);
  return ok({ files, report: reportOf(job, builds.value, describeAll(files)) });
}

const describeAll = (files: Files): BuildReport['files'] =>
  [...files].map(([name, content]) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return { name, bytes: bytes.length, sha256: digestOf(bytes) };
  });
