import { type Graph, type Tensor, type TensorId, tensorOf } from '#libs/model/ir';

/** The constant behind a tensor: itself, or the start value of a trained copy (N1). */
function constantBehind(graph: Graph, id: TensorId): Tensor {
  const tensor = tensorOf(graph, id);
  return tensor.startsFrom === undefined ? tensor : tensorOf(graph, tensor.startsFrom);
}

function storedBytes(graph: Graph, id: TensorId, type: Tensor['type']): Uint8Array {
  const tensor = constantBehind(graph, id);
  if (tensor.type !== type || !tensor.data) throw new Error(`tensor ${tensor.name} is no ${type} constant`);
  return tensor.data;
}

/** The int8 elements of a weight tensor as the model file holds them. */
export function storedWeights(graph: Graph, id: TensorId): Int8Array {
  const bytes = storedBytes(graph, id, 'int8');
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The int32 elements of a bias tensor as the model file holds them (no fraction). */
export function storedBiases(graph: Graph, id: TensorId): Int32Array {
  const bytes = storedBytes(graph, id, 'int32');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}
