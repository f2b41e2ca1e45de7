import type { DeltaLayout } from '#libs/fleet/delta';
import { elementCount, type Graph, tensorOf, variablesOf } from '#libs/model/ir';

/** The deltas of a training graph: its trained copies, named for the constants that they start from, as masters name them. */
export const deltaLayoutOf = (schemeId: number, training: Graph): DeltaLayout => ({
  schemeId,
  variables: variablesOf(training).map(({ kind, tensor }) => ({
    tensorName: tensorOf(training, tensor.startsFrom ?? tensor.id).name,
    kind,
    count: elementCount(tensor.shape),
  })),
});
