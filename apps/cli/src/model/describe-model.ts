import {
  elementCount,
  type Graph,
  graphMacs,
  layersOf,
  type Op,
  parameterCount,
  ruleOf,
  type Tensor,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import type { ModelFile } from './read-model';
import { trainabilityOf, type Trainability } from './trainability';

/** What `inspect` tells of a model; the JSON that it prints. */
export interface ModelDescription {
  readonly name: string;
  readonly fileBytes: number;
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly layers: number;
  readonly parameters: number;
  readonly macs: number;
  readonly operators: readonly OperatorDescription[];
  readonly training: Trainability;
}

export interface TensorDescription {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Of a tensor with one quantisation for all its elements. */
  readonly scale?: number;
  readonly zeroPoint?: number;
}

export interface OperatorDescription {
  readonly kind: string;
  readonly name: string;
  readonly outputs: readonly TensorDescription[];
  readonly macs: number;
  readonly parameters: number;
}

export function describeModel({ bytes, imported, inference }: ModelFile): ModelDescription {
  const describe = (id: TensorId): TensorDescription => describeTensor(tensorOf(imported, id));
  return {
    name: imported.name,
    fileBytes: bytes.length,
    inputs: imported.inputs.map(describe),
    outputs: imported.outputs.map(describe),
    layers: layersOf(imported).length,
    parameters: parameterCount(imported),
    macs: graphMacs(imported),
    operators: imported.ops.map((op) => describeOperator(imported, op)),
    training: trainabilityOf(inference),
  };
}

function describeOperator(graph: Graph, op: Op): OperatorDescription {
  const rule = ruleOf(op);
  const constants = rule
    .inputs(op)
    .map((id) => tensorOf(graph, id))
    .filter(({ role }) => role === 'constant');
  return {
    kind: op.kind,
    name: op.name,
    outputs: rule.outputs(op).map((id) => describeTensor(tensorOf(graph, id))),
    macs: rule.macs(op, graph),
    parameters: constants.reduce((sum, { shape }) => sum + elementCount(shape), 0),
  };
}

function describeTensor({ name, type, shape, quantization }: Tensor): TensorDescription {
  const [scale, ...others] = quantization?.scales ?? [];
  const zeroPoint = quantization?.zeroPoints[0];
  const isUniform = scale !== undefined && zeroPoint !== undefined && others.length === 0;
  return { name, type, shape, ...(isUniform && { scale, zeroPoint }) };
}
