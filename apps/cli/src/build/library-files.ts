import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { digestOf } from '#libs/base/bytes';
import { cLibrary, isLibraryTemplate, type MeasuredSize } from '#libs/firmware/library';
import type { Build, Workshop } from '#libs/firmware/toolchain';
import type { Files } from '../files/write-files';
import type { BuildJob } from './build-files';

/** The model as a folder of C99 for a firmware of one's own. */
export async function libraryFiles(
  shop: Workshop,
  { model, modelPath, board, program }: BuildJob,
  builds: readonly Build[],
): Promise<Files> {
  const { graph, parameters, scheme } = program;
  const measured = measuredOn(board.name, builds);
  const files = cLibrary({
    graph,
    model: program.model,
    parameters,
    templates: await libraryTemplates(shop.templates),
    provenance: {
      file: basename(modelPath),
      sha256: digestOf(model.bytes),
      ...(scheme && { scheme: scheme.name }),
    },
    ...(measured && { measured }),
  });
  return new Map(files.map(({ path, content }) => [path, content]));
}

async function libraryTemplates(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .filter(isLibraryTemplate)
    .sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')));
  return new Map(paths.map((path, index) => [path, texts[index] ?? '']));
}

/** Inference only: what trains is measured with a whole device program around it. */
function measuredOn(board: string, builds: readonly Build[]): MeasuredSize | undefined {
  const build = builds.find(({ target, program }) => target === 'arm' && program === 'inference');
  if (!build?.footprint) return undefined;
  const { flashBytes, stackBytes } = build.footprint;
  return { board, flashBytes, stackBytes };
}
