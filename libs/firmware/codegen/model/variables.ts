import {
  elementCount,
  gradientStorage,
  type Graph,
  type Variable,
  type VariableKind,
  variablesOf,
} from '#libs/model/ir';
import { textId } from '../parameters/layout-text';

/** One trained copy in the streams of a session: the state (all variables as they are) and the delta (N12). */
export interface VariableLayout {
  readonly layer: number;
  readonly name: string;
  readonly kind: VariableKind;
  readonly count: number;
  readonly stateOffset: number;
  readonly deltaOffset: number;
}

/** What a device sends home after a session of a training graph. */
export interface SessionLayout {
  /** Names it: the same for all schemes that train the same things with the same numbers. */
  readonly scheme: number;
  readonly variables: readonly VariableLayout[];
  readonly stateBytes: number;
  readonly deltaBytes: number;
}

const STATE_BYTES: Record<VariableKind, number> = { weights: 1, head: 2, bias: 4 };
const DELTA_BYTES: Record<VariableKind, number> = { weights: 2, head: 2, bias: 4 };

const countOf = ({ tensor }: Variable): number => elementCount(tensor.shape);

/** A session with gradients of int8 learns other bytes from the same seed: programs that differ in them are not the same. */
const storageLines = (trainingGraph: Graph): readonly string[] =>
  gradientStorage(trainingGraph) === 'int8' ? ['int8 gradients'] : [];

/** The layout of states and deltas: variables in graph order, a layer's weights (OIHW) before its biases, nothing between. */
export function sessionLayout(trainingGraph: Graph): SessionLayout {
  let stateBytes = 0;
  let deltaBytes = 0;
  const variables = variablesOf(trainingGraph).map((variable): VariableLayout => {
    const { layer, kind, op } = variable;
    const count = countOf(variable);
    const layout = { layer, name: op.name, kind, count, stateOffset: stateBytes, deltaOffset: deltaBytes };
    stateBytes += count * STATE_BYTES[kind];
    deltaBytes += count * DELTA_BYTES[kind];
    return layout;
  });
  const lines = variables.map(({ layer, kind, count }) => `${layer} ${kind} ${count}`);
  return {
    scheme: textId(['fleetlearn scheme 1', ...lines, ...storageLines(trainingGraph), ''].join('\n')),
    variables,
    stateBytes,
    deltaBytes,
  };
}
