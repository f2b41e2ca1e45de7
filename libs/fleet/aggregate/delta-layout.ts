import type { DeltaLayout, DeltaSlice } from '#libs/fleet/delta';
import { elementCount, type Graph, sliceOf, tensorOf, type Variable, variablesOf } from '#libs/model/ir';

function deltaSliceOf(training: Graph, { op, tensor }: Variable): DeltaSlice | undefined {
  const { channels, of } = sliceOf(training, tensor);
  if (channels === of) return undefined;
  const count = elementCount(tensor.shape);
  if (op.kind === 'depthwiseConv2d') return { run: count, stride: (count / channels) * of };
  const taps = elementCount(tensor.shape.slice(1, -1));
  return { run: channels * taps, stride: of * taps };
}

/** The deltas of a training graph: its trained copies, named for the constants that they start from, as masters name them. */
export const deltaLayoutOf = (schemeId: number, training: Graph): DeltaLayout => ({
  schemeId,
  variables: variablesOf(training).map((variable) => {
    const { kind, tensor } = variable;
    const slice = deltaSliceOf(training, variable);
    return {
      tensorName: tensorOf(training, tensor.startsFrom ?? tensor.id).name,
      kind,
      count: elementCount(tensor.shape),
      ...(slice && { slice }),
    };
  }),
});
