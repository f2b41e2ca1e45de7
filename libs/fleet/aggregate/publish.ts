import { bytesOf } from '#libs/base/bytes';
import { at, invariant } from '#libs/base/result';
import { type Graph, type Tensor, type TensorId } from '#libs/model/ir';
import type { Master, MasterParameter } from './master';
import { isHeldWhole, type Parameter, parametersOf, stepOf } from './parameters';
import { rescaledHead } from './rescale-head';

/** New contents of one constant of the model file; `patchTflite` takes these. */
export interface ParameterPatch {
  readonly tensor: TensorId;
  /** Little-endian, in the file's order. */
  readonly data: Uint8Array;
  /** float32 values; as many as the tensor had. Absent: unchanged. */
  readonly scales?: readonly number[];
}

export interface Publication {
  /** Tensors whose bytes or scales change, in graph order. */
  readonly patches: readonly ParameterPatch[];
  /** The master of the new version, in its scales. */
  readonly master: Master;
}

/** What becomes of a version when its master has moved. */
export interface Publishing {
  /** The version that was trained from. */
  readonly graph: Graph;
  /** Its master. */
  readonly before: Master;
  /** What the aggregation made of it. */
  readonly after: Master;
}

/** The next version: `after` rounded, with new scales for the classes of the head that changed. */
export function publish({ graph, before, after }: Publishing): Publication {
  const parameters = parametersOf(graph);
  invariant(
    parameters.length === after.parameters.length && parameters.length === before.parameters.length,
    'both masters are of this graph',
  );
  const head = rescaledHead(parameters, before, after);
  const published = parameters.map(
    (parameter, i) =>
      head.parameters.get(parameter.tensor.name) ??
      withWholeBiases(parameter, at(after.parameters, i), at(before.parameters, i)),
  );
  const patches = parameters.flatMap((parameter, i) => {
    const scales = head.scales.get(parameter.tensor.id);
    return patchOf(parameter, at(published, i), scales);
  });
  return { patches, master: { parameters: published } };
}

/** Biases of frozen channels stay, whatever a delta says of them: in the master as they were, in the file untouched. */
function withWholeBiases(
  { kind, stored, order }: Parameter,
  moved: MasterParameter,
  before: MasterParameter,
): MasterParameter {
  if (!stored.some((value) => isHeldWhole(kind, value))) return moved;
  const values = moved.values.slice();
  stored.forEach((value, i) => {
    const position = at(order, i);
    if (isHeldWhole(kind, value)) values[position] = at(before.values, position);
  });
  return { ...moved, values };
}

function patchOf(
  parameter: Parameter,
  { kind, values }: MasterParameter,
  scales: readonly number[] | undefined,
): readonly ParameterPatch[] {
  const step = stepOf(kind);
  const { stored, order, tensor } = parameter;
  const stays = (value: number): boolean => scales === undefined && isHeldWhole(kind, value);
  const data = stored.map((value, i) =>
    stays(value) ? value : Math.floor((at(values, at(order, i)) + step / 2) / step),
  );
  if (scales === undefined && data.every((value, i) => value === stored[i])) return [];
  return [{ tensor: tensor.id, data: littleEndian(data), ...(scales && hasScales(tensor) && { scales }) }];
}

const hasScales = (tensor: Tensor): boolean => (tensor.quantization?.scales.length ?? 0) > 0;

function littleEndian(values: Int8Array | Int32Array): Uint8Array {
  if (values instanceof Int8Array) return bytesOf(values);
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setInt32(4 * i, value, true));
  return bytes;
}
