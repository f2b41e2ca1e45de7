import type { TensorId } from '#libs/model/ir';
import type { RunRequest, TensorValues } from './run-request';

/**
 * Tensors and what generated code left in them: the inputs that it was given, what each call wrote, and what a RESHAPE, which is
 * no call, says of the same bytes.
 */
export function callValues(
  { program: { inference, model }, inputs }: Pick<RunRequest, 'program' | 'inputs'>,
  layers: readonly Uint8Array[],
): TensorValues {
  const values = new Map<TensorId, Uint8Array>();
  inference.inputs.forEach((id, index) => values.set(id, inputs[index] ?? new Uint8Array()));
  model.facts.calls.forEach(({ tensor }, index) => {
    const value = layers[index];
    if (value) values.set(tensor, value);
  });
  for (const op of inference.ops) {
    const value = op.kind === 'reshape' ? values.get(op.input) : undefined;
    if (op.kind === 'reshape' && value && !values.has(op.output)) values.set(op.output, value);
  }
  return values;
}
