import { type Graph, type InferenceOp, type Op, type TensorId, tensorId } from '#libs/model/ir';

/**
 * Graphs of inference as one, which neither read nor wait for each other: what each computes can then be proved by a single program.
 * Inputs and outputs follow one another in the order of the graphs; names get the number of their graph.
 */
export function sideBySide(graphs: readonly Graph[]): Graph {
  const name = graphs.map((graph) => graph.name).join(', ');
  const none: Graph = { name, tensors: [], ops: [], inputs: [], outputs: [] };
  return graphs.reduce((all, graph, number) => {
    const moved = (id: TensorId): TensorId => tensorId(id + all.tensors.length);
    return {
      name,
      tensors: [
        ...all.tensors,
        ...graph.tensors.map((each) => ({ ...each, id: moved(each.id), name: `${number}.${each.name}` })),
      ],
      ops: [...all.ops, ...graph.ops.map((op) => ({ ...movedOp(op, moved), name: `${number}.${op.name}` }))],
      inputs: [...all.inputs, ...graph.inputs.map(moved)],
      outputs: [...all.outputs, ...graph.outputs.map(moved)],
    };
  }, none);
}

/** An operator on other tensors. */
function movedOp(op: Op, moved: (id: TensorId) => TensorId): Op {
  const { output } = op as InferenceOp;
  return {
    ...op,
    output: moved(output),
    ...('input' in op && { input: moved(op.input) }),
    ...('inputs' in op && { inputs: op.inputs.map(moved) }),
    ...('weights' in op && { weights: moved(op.weights) }),
    ...('bias' in op && op.bias !== undefined && { bias: moved(op.bias) }),
  } as Op;
}
