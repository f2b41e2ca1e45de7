import {
  elementCount,
  type Graph,
  graphMacs,
  layersOf,
  type Op,
  parameterCount,
  ruleOf,
  tensorOf,
} from '#libs/model/ir';
import { schemeLadder, trainedParameters } from '#libs/model/scheme';
import { boundaryOf, isFloat, type Port } from './boundary';
import { describeTensor, type TensorDescription } from './describe-tensor';
import { operatorName } from './operator-names';
import type { ModelFile } from './read-model';
import { trainabilityOf, type Trainability } from './trainability';

/** What `inspect` tells of a model; the JSON that it prints. */
export interface ModelDescription {
  readonly name: string;
  readonly fileBytes: number;
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /** Operators with weights. */
  readonly layers: number;
  readonly parameters: number;
  readonly macs: number;
  readonly operators: readonly OperatorDescription[];
  readonly tensors: readonly TensorOfModel[];
  readonly training: Trainability & { readonly schemes: readonly SchemeDescription[] };
}

/** An input or output, as the file has it. */
export interface PortDescription extends TensorDescription {
  /** The tensor inside a float boundary: what `run --int8` takes and gives. */
  readonly int8?: TensorDescription;
}

export interface TensorOfModel extends TensorDescription {
  readonly role: string;
}

export interface OperatorDescription {
  readonly kind: string;
  /** The number by which a scheme names it (N8), the head's the last; absent of operators without weights, and of layers that nobody reads. */
  readonly layer?: number;
  /** What TensorFlow Lite calls it. */
  readonly operator: string;
  readonly name: string;
  /** Numbers of the tensors that it reads. */
  readonly inputs: readonly number[];
  readonly outputs: readonly TensorDescription[];
  readonly macs: number;
  readonly parameters: number;
}

export interface SchemeDescription {
  readonly name: string;
  readonly weights: number;
  readonly biases: number;
}

export function describeModel(model: ModelFile): ModelDescription {
  const { bytes, file, inference } = model;
  const { inputs, outputs } = boundaryOf(model);
  const layers = layerNumbers(file, inference);
  return {
    name: file.name,
    fileBytes: bytes.length,
    inputs: inputs.map(describePort),
    outputs: outputs.map(describePort),
    layers: layersOf(file).length,
    parameters: parameterCount(file),
    macs: graphMacs(file),
    operators: file.ops.map((op) => describeOperator(file, op, layers.get(op))),
    tensors: file.tensors.map((tensor) => ({ ...describeTensor(tensor), role: tensor.role })),
    training: { ...trainabilityOf(inference), schemes: schemesOf(inference) },
  };
}

const describePort = (port: Port): PortDescription => ({
  ...describeTensor(port.file),
  ...(isFloat(port) && { int8: describeTensor(port.inside) }),
});

/** Numbers by which schemes name the layers of the file: passes keep their order, and drop those that nobody reads. */
export function layerNumbers(file: Graph, inference: Graph): ReadonlyMap<Op, number> {
  const kept = layersOf(inference);
  const numbers = new Map<Op, number>();
  for (const layer of layersOf(file)) {
    if (kept[numbers.size]?.name === layer.name) numbers.set(layer, numbers.size);
  }
  return numbers;
}

function describeOperator(graph: Graph, op: Op, layer: number | undefined): OperatorDescription {
  const rule = ruleOf(op);
  const constants = rule
    .inputs(op)
    .map((id) => tensorOf(graph, id))
    .filter(({ role }) => role === 'constant');
  return {
    kind: op.kind,
    ...(layer !== undefined && { layer }),
    operator: operatorName(op),
    name: op.name,
    inputs: rule.inputs(op),
    outputs: rule.outputs(op).map((id) => describeTensor(tensorOf(graph, id))),
    macs: rule.macs(op, graph),
    parameters: constants.reduce((sum, { shape }) => sum + elementCount(shape), 0),
  };
}

const schemesOf = (inference: Graph): readonly SchemeDescription[] =>
  schemeLadder(inference).map((scheme) => ({ name: scheme.name, ...trainedParameters(inference, scheme) }));
