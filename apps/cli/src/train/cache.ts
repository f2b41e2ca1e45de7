import { err, fault, ok, type Result } from '#libs/base/result';
import type { FeatureRoom } from '#libs/firmware/program';
import { featureRoom, type SessionExtent } from '#libs/firmware/toolchain';
import { type Graph, parameterCount } from '#libs/model/ir';
import type { EngineChoice } from '../run/engine-choice';

/** Is what stands before the first trained layer computed once a row, where that pays, or in every step? */
export type CacheChoice = 'auto' | 'off';

/** Refused: `train.unknown-cache`. */
export function readCacheChoice(text = 'auto'): Result<CacheChoice> {
  return text === 'auto' || text === 'off'
    ? ok(text)
    : err(fault('train.unknown-cache', `--cache is "${text}"; there are: auto, off`));
}

/** Of a process of this machine. */
export const PLENTY: FeatureRoom = { featureBytes: Infinity };
/** Of a trained number in a delta (N12), at most. */
const MOST_DELTA_BYTES = 4;

/** What there is room for beside every row: on a board what its storage has left. Undefined: nothing is to be kept. */
export function roomBeside(
  choice: CacheChoice,
  engine: EngineChoice,
  inference: Graph,
  extent: SessionExtent,
): FeatureRoom | undefined {
  if (choice === 'off') return undefined;
  if (engine.name !== 'arm') return PLENTY;
  const deltaBytes = MOST_DELTA_BYTES * parameterCount(inference);
  return { featureBytes: featureRoom(engine.board, extent, deltaBytes) };
}
