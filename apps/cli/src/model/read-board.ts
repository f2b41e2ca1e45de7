import { err, fault, type Result } from '#libs/base/result';
import { type Board, boardWith } from '#libs/firmware/boards';
import { boardNames, loadBoard, type Workshop } from '#libs/firmware/toolchain';
import { parseByteSize } from '../byte-size';

/** A board by name, with another SRAM budget where `sram` says so. */
export async function readBoard(
  shop: Workshop,
  name: string,
  sram: string | undefined,
): Promise<Result<Board>> {
  const names = await boardNames(shop);
  if (!names.includes(name)) {
    return err(fault('board.unknown', `there is no board "${name}"; there are: ${names.join(', ')}`));
  }
  const board = await loadBoard(shop, name);
  if (!board.ok || sram === undefined) return board;
  const sramBytes = parseByteSize(sram);
  return sramBytes.ok ? boardWith(board.value, { sramBytes: sramBytes.value }) : sramBytes;
}
