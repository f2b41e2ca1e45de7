import { resolve } from 'node:path';

import { unwrap } from '#libs/base/result';
import { boardWith } from '#libs/firmware/boards';
import { loadBoard } from '#libs/firmware/toolchain';
import type { DeltaLayout } from '#libs/fleet/delta';

import { planProgram } from '../../apps/server/src/compute/plan-program';
import type { ScriptedBoard } from './scripted-device';

const templates = resolve(__dirname, '../../firmware-templates');

/** What the program that the server builds for this board and model trains: a scripted device has no program to ask. */
export async function deltaLayoutOf(
  file: Uint8Array,
  { board: name, sramBudgetBytes: sramBytes, flashBytes }: ScriptedBoard,
): Promise<DeltaLayout> {
  const board = unwrap(boardWith(unwrap(await loadBoard({ templates }, name)), { sramBytes, flashBytes }));
  return unwrap(planProgram({ file, name: 'small', board })).deltaLayout;
}
