import { err, ok, type Result } from '#libs/base/result';
import { type SchemeFault, schemeFault } from '#libs/model/passes';
import type { SparseScheme } from './sparse-scheme';

/**
 * The last scheme of a ladder whose peak fits, or why none does.
 * @param ladder from the least training to the most (`schemeLadder`)
 * @param peakBytes the whole training step's RAM under a scheme, as planned
 */
export function chooseScheme(
  ladder: readonly SparseScheme[],
  peakBytes: (scheme: SparseScheme) => number,
  budgetBytes: number,
): Result<SparseScheme, SchemeFault> {
  let smallest: { readonly scheme: SparseScheme; readonly bytes: number } | undefined;
  for (const scheme of ladder.toReversed()) {
    const bytes = peakBytes(scheme);
    if (bytes <= budgetBytes) return ok(scheme);
    if (!smallest || bytes < smallest.bytes) smallest = { scheme, bytes };
  }
  if (!smallest)
    return err(schemeFault('scheme.not-trainable', 'the model offers no scheme that can be trained'));
  const { scheme, bytes } = smallest;
  const message = `no scheme fits ${budgetBytes} bytes: the smallest peak is ${bytes} bytes, of ${scheme.name}`;
  return err(schemeFault('scheme.does-not-fit', message, { smallestPeakBytes: bytes }));
}
