import { at, invariant, ok } from '#libs/base/result';
import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';
import { toFileBytes } from '../model/boundary';
import { withinBudget } from './budget';
import { bytesOf, elementsAs } from './elements';
import type { RunEngine, RunRequest, TensorValues } from './run-request';

/** The oracle. Nothing is linked: its RAM is what was planned, its flash what the parameters take. */
export const referenceEngine: RunEngine = async (request) => {
  const { inference, plan, parameters } = request.program;
  const ram = { arenaBytes: plan.peakBytes, staticRamBytes: plan.peakBytes, stackBytes: 0 };
  const fits = withinBudget(request.program, ram, request.sramBytes);
  if (!fits.ok) return fits;
  const { wantsLayers, model } = request;
  const values = valuesOf(wantsLayers ? withoutFloats(model.file, inference) : inference, request.inputs);
  return ok({
    outputs: inference.outputs.map((id) => valueOf(values, id)),
    linked: { staticRamBytes: ram.staticRamBytes, stackBytes: 0, flashBytes: parameters.length },
    layers: wantsLayers ? withFloats(request, values) : undefined,
  });
};

function valueOf(values: TensorValues, id: TensorId): Uint8Array {
  const value = values.get(id);
  invariant(value, `tensor ${id} was not computed`);
  return value;
}

function valuesOf(graph: Graph, inputs: readonly Uint8Array[]): TensorValues {
  const typed = graph.inputs.map((id, index) => elementsAs(tensorOf(graph, id).type, at(inputs, index)));
  return new Map([...runGraph(graph, typed)].map(([id, value]) => [id, bytesOf(value)]));
}

/** The graph of the file, with what every pass removes but the float boundary. */
const withoutFloats = (file: Graph, { inputs, outputs }: Graph): Graph => ({
  ...file,
  ops: file.ops.filter(({ kind }) => kind !== 'quantize' && kind !== 'dequantize'),
  inputs,
  outputs,
});

/** And the boundary: QUANTIZE's results are the inputs, DEQUANTIZE's follow from the outputs. */
function withFloats({ model: { file } }: RunRequest, values: TensorValues): TensorValues {
  const all = new Map(values);
  for (const op of file.ops) {
    const value = op.kind === 'dequantize' ? values.get(op.input) : undefined;
    if (op.kind !== 'dequantize' || value === undefined) continue;
    all.set(
      op.output,
      toFileBytes({ file: tensorOf(file, op.output), inside: tensorOf(file, op.input) }, value),
    );
  }
  return all;
}
