import { invariant } from '#libs/base/result';
import type { Dataset } from '#libs/model/dataset';
import { FLASH_MAP, samplesOffset, wholeSectors } from './flash-map';
import { encodeProvisioning, type Provisioning } from './provisioning';
import { encodeSampleLog } from './sample-log';

/** A board as it leaves the factory: blank flash, who it is, and what it will learn from. */
export function factoryFlash(board: Provisioning, samples: Dataset | undefined): Uint8Array {
  const log = samples ? encodeSampleLog(samples) : new Uint8Array();
  const logOffset = samplesOffset(board.slotBytes);
  const flash = new Uint8Array(wholeSectors(logOffset + log.length)).fill(0xff);
  flash.set(encodeProvisioning(board), FLASH_MAP.provisioning);
  flash.set(log, logOffset);
  invariant(flash.length <= MAX_FLASH_BYTES, `${flash.length} bytes of flash are more than a board has`);
  return flash;
}

/** The storage of the largest board (mps2: 16 MB of PSRAM). */
const MAX_FLASH_BYTES = 16 << 20;
