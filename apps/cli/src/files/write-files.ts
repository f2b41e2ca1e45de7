import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { err, fault, ok, type Result } from '#libs/base/result';
import { isSystemError, reasonOf } from './system-error';

/** Contents by path. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** The same files, in a folder. */
export const inFolder = (folder: string, files: Files): Files =>
  new Map([...files].map(([name, content]) => [join(folder, name), content]));

/**
 * Writes all files or none: under other names first, then each takes its own.
 * @param folders made where they are missing, with the folders of files in them; other folders must be there
 * Refused: `file.unwritable`.
 */
export async function writeFiles(files: Files, folders: readonly string[] = []): Promise<Result<void>> {
  const begun = new Beginnings();
  try {
    for (const folder of foldersOf(files, folders)) await begun.makeFolder(folder);
    for (const [path, content] of files) await begun.write(path, content);
    await begun.finish();
    return ok(undefined);
  } catch (error) {
    await begun.undo();
    if (!isSystemError(error)) throw error;
    return err(fault('file.unwritable', `${begun.at} can't be written: ${reasonOf(error)}`));
  }
}

/**
 * Can files come to be at these paths, as far as can be told beforehand? Asked before work that may take minutes.
 * Refused: `file.unwritable`.
 */
export function checkPlaces(paths: readonly string[]): Result<void> {
  for (const path of paths) {
    const reason = obstacleAt(path);
    if (reason !== undefined) return err(fault('file.unwritable', `${path} can't be written: ${reason}`));
  }
  return ok(undefined);
}

function obstacleAt(path: string): string | undefined {
  if (!existsSync(dirname(path))) return 'there is no such folder';
  if (!existsSync(path)) return undefined;
  return statSync(path).isDirectory() ? 'it is a directory' : undefined;
}

function foldersOf(files: Files, folders: readonly string[]): readonly string[] {
  const inside = (folder: string): boolean =>
    folders.some((each) => folder === each || folder.startsWith(join(each, '/')));
  return [...new Set([...folders, ...[...files.keys()].map(dirname).filter(inside)])];
}

/** What was begun of a set of files: it is finished or undone. */
class Beginnings {
  private readonly files: { readonly path: string; readonly temporary: string }[] = [];
  private readonly folders: string[] = [];
  /** The path that is worked on. */
  at = '';

  async makeFolder(folder: string): Promise<void> {
    this.at = folder;
    for (const each of missingFolders(folder)) {
      await mkdir(each);
      this.folders.push(each);
    }
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    this.at = path;
    const place = placeOf(path);
    if (place.isStream) return writeFile(path, content);
    const temporary = join(dirname(place.path), `.${basename(place.path)}.${process.pid}.part`);
    this.files.push({ path: place.path, temporary });
    return writeFile(temporary, content, { flag: 'wx' });
  }

  async finish(): Promise<void> {
    for (const { path, temporary } of this.files) {
      this.at = path;
      await rename(temporary, path);
    }
  }

  async undo(): Promise<void> {
    for (const { temporary } of this.files) await removed(temporary);
    for (const folder of this.folders.toReversed()) await removed(folder);
  }
}

/** Removes what may not be there, or may not be removed: what went wrong before is what is told. */
async function removed(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/**
 * The folders on the way to one that are not there, outermost first. (Node's recursive mkdir never ends where the system refuses with
 * "no such file", as under /proc.)
 */
function missingFolders(folder: string): readonly string[] {
  const whole = resolve(folder);
  return existsSync(whole) ? [] : [...missingFolders(dirname(whole)), whole];
}

/** Where a path leads: links are followed, since renaming over one would replace it; a pipe or device has no other name. */
function placeOf(path: string): { readonly path: string; readonly isStream: boolean } {
  if (!existsSync(path)) return { path, isStream: false };
  const stat = statSync(path);
  if (stat.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR', syscall: 'open' });
  return { path: realpathSync(path), isStream: !stat.isFile() };
}
