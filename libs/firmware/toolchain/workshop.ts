import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Board, type BoardFault, parseBoard } from '#libs/firmware/boards';
import { err, fault, type Result } from '#libs/base/result';
import { type Exec, nodeExec } from './exec';

/** Names or paths of the programs that builds use. */
export interface Tools {
  readonly arm: string;
  readonly wasm: string;
  readonly wasmLinker: string;
  readonly native: string;
  readonly qemu: string;
}

export const DEFAULT_TOOLS: Tools = {
  arm: 'arm-none-eabi-gcc',
  wasm: 'clang',
  wasmLinker: 'wasm-ld',
  native: 'gcc',
  qemu: 'qemu-system-arm',
};

/** Everything a build needs from the machine it runs on. */
export interface Workshop {
  readonly exec: Exec;
  readonly tools: Tools;
  /** `firmware-templates` of this repository. */
  readonly templates: string;
  /** Where compiled objects and linked programs are kept by content; may be shared by processes, may be deleted. */
  readonly cache: string;
}

export const workshop = (
  places: Pick<Workshop, 'templates' | 'cache'>,
  parts: Partial<Workshop> = {},
): Workshop => ({
  exec: nodeExec,
  tools: DEFAULT_TOOLS,
  ...places,
  ...parts,
});

/** The board of that name. */
export async function loadBoard(
  shop: Pick<Workshop, 'templates'>,
  name: string,
): Promise<Result<Board, BoardFault>> {
  if (!/^[a-z0-9-]+$/.test(name))
    return err(fault('board.bad-description', `no board is called ${JSON.stringify(name)}`));
  const path = join(shop.templates, 'boards', name, 'board.json');
  try {
    return parseBoard(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    return err(
      fault('board.bad-description', `${path}: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

/** Names of all boards, sorted. */
export async function boardNames(shop: Pick<Workshop, 'templates'>): Promise<readonly string[]> {
  const root = join(shop.templates, 'boards');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name }) => name === 'board.json')
    .map(({ parentPath }) => parentPath.slice(root.length + 1))
    .sort();
}
