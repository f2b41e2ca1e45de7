import { ok, type Result } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { type HeadFault, headFault, type NewHead, withNewHead } from '#libs/model/passes';
import { writeTflite } from '#libs/model/tflite';

/**
 * A .tflite file with a new head; the same bytes where the head stays as it is. Labels stand in the file's description, where
 * people who open it find them.
 * @param file what was read from `bytes`, as the file has it (`ImportedModel.file`)
 * Refused: as `withNewHead`; `head.not-expressible`.
 */
export function fileWithHead(bytes: Uint8Array, file: Graph, wanted: NewHead): Result<Uint8Array, HeadFault> {
  const after = withNewHead(file, wanted);
  if (!after.ok) return after;
  if (after.value === file) return ok(bytes);
  const { labels } = wanted;
  const written = writeTflite(
    after.value,
    labels && { description: `Fleetlearn. Classes: ${labels.join(', ')}` },
  );
  return written.ok ? written : headFault('head.not-expressible', written.error.message);
}
