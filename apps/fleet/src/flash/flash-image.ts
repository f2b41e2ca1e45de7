import { invariant } from '#libs/base/result';
import type { Dataset } from '#libs/model/dataset';
import { FLASH_MAP, samplesOffset, SECTOR_BYTES, wholeSectors } from './flash-map';
import { encodeProvisioning, type Provisioning } from './provisioning';
import { encodeSampleLog } from './sample-log';

/** What a device needs at the end of its flash for the features of so many items (fl_features in C). */
const featureRoom = (items: number, featureBytes: number): number =>
  featureBytes === 0 ? 0 : SECTOR_BYTES + wholeSectors(items * (LABEL_BYTES + featureBytes));

/**
 * A board as it leaves the factory: blank flash, who it is, and what it will learn from.
 * @param featureBytes that there is to be room for beside every item (`Board.featureBytes`), a multiple of 4
 */
export function factoryFlash(
  board: Provisioning,
  samples: Dataset | undefined,
  featureBytes = 0,
): Uint8Array {
  const log = samples ? encodeSampleLog(samples) : new Uint8Array();
  const logOffset = samplesOffset(board.slotBytes, board.captureBytes);
  const captured = samples ? Math.floor((board.captureBytes ?? 0) / samples.itemBytes) : 0;
  const room = featureRoom((samples?.labels.length ?? 0) + captured, featureBytes);
  const used = wholeSectors(logOffset + log.length);
  const flash = new Uint8Array(Math.max(used, Math.min(used + room, MAX_FLASH_BYTES))).fill(0xff);
  flash.set(encodeProvisioning(board), FLASH_MAP.provisioning);
  flash.set(log, logOffset);
  invariant(flash.length <= MAX_FLASH_BYTES, `${flash.length} bytes of flash are more than a board has`);
  return flash;
}

const LABEL_BYTES = 4;
/** The storage of the largest board (mps2: 16 MB of PSRAM). */
const MAX_FLASH_BYTES = 16 << 20;
