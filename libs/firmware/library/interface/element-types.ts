import { at, invariant } from '#libs/base/result';
import type { ModelFacts } from '#libs/firmware/codegen';
import { type Graph, type Tensor, tensorOf } from '#libs/model/ir';

/** What inputs and outputs of generated models are made of. */
export type ByteType = 'int8' | 'uint8';

export function byteTypeOf({ name, type }: Tensor): ByteType {
  invariant(type === 'int8' || type === 'uint8', `${name} is ${type}; inputs and outputs are bytes`);
  return type;
}

const typesOf = (graph: Graph, ports: ModelFacts['inputs']): readonly ByteType[] => [
  ...new Set(ports.map(({ tensor }) => byteTypeOf(tensorOf(graph, tensor)))),
];

/** What is said of the elements of all inputs, or of all outputs. */
interface Elements {
  /** The C type of a pointer to any of them: void where they differ. */
  readonly pointed: string;
  /** The C type of the first one's elements. */
  readonly first: string;
}

function elementsOf(types: readonly ByteType[]): Elements {
  const first = `${at(types, 0)}_t`;
  return { pointed: types.length === 1 ? first : 'void', first };
}

export interface ElementTypes {
  readonly inputs: Elements;
  /** Absent where the model trains: its output are logits. */
  readonly outputs?: Elements;
  readonly all: readonly ByteType[];
}

export function elementTypes(graph: Graph, { inputs, outputs, training }: ModelFacts): ElementTypes {
  const [read, written] = [typesOf(graph, inputs), training ? [] : typesOf(graph, outputs)];
  return {
    inputs: elementsOf(read),
    ...(training ? {} : { outputs: elementsOf(written) }),
    all: [...new Set([...read, ...written])].sort(),
  };
}
