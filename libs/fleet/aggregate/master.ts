import { ByteReader, ByteWriter } from '#libs/base/bytes';
import { at, err, ok, type Result } from '#libs/base/result';
import type { VariableKind } from '#libs/fleet/delta';
import type { Graph } from '#libs/model/ir';
import { saturate } from '#libs/model/quant';
import type { AggregateFault } from './faults';
import { limitOf, type Parameter, parametersOf, stepOf } from './parameters';

/** One parameter tensor with more resolution than its version (AGGREGATE.md), in canonical order. */
export interface MasterParameter {
  /** The tensor's name in the model. */
  readonly name: string;
  readonly kind: VariableKind;
  readonly values: Int32Array;
}

/** All parameters of one model version, in graph order. Belongs to that version: its rounded values are the version's. */
export interface Master {
  readonly parameters: readonly MasterParameter[];
}

/** The master of a version that no aggregation made: its constants. */
export function startMaster(graph: Graph): Result<Master, AggregateFault> {
  const parameters = parametersOf(graph).map(startParameter);
  const names = new Set<string>();
  for (const { name } of parameters) {
    if (names.has(name)) return err(ambiguous(name));
    names.add(name);
  }
  return ok({ parameters });
}

const ambiguous = (name: string): AggregateFault => ({
  code: 'aggregate.ambiguous-name',
  message: `two parameter tensors are called "${name}"; give each its own name in the model file`,
});

function startParameter({ kind, tensor, stored, order }: Parameter): MasterParameter {
  const values = new Int32Array(stored.length);
  const [step, limit] = [stepOf(kind), limitOf(kind)];
  order.forEach((canonical, i) => {
    const start = at(stored, i) * step;
    values[canonical] = kind === 'bias' ? saturate(start, limit) : start;
  });
  return { name: tensor.name, kind, values };
}

/** The master's values, little-endian: what the server keeps with the version. */
export function writeMaster({ parameters }: Master): Uint8Array {
  const out = new ByteWriter();
  for (const { values } of parameters) for (const value of values) out.i32(value);
  return out.finish();
}

/** The master kept with the version `graph`; refused if it is another version's. */
export function readMaster(graph: Graph, bytes: Uint8Array): Result<Master, AggregateFault> {
  const start = startMaster(graph);
  if (!start.ok) return start;
  const expected = start.value.parameters.reduce((sum, { values }) => sum + 4 * values.length, 0);
  if (bytes.length !== expected)
    return err(wrongMaster(`${bytes.length} bytes, the version's has ${expected}`));
  const reader = new ByteReader(bytes);
  const parameters = start.value.parameters.map(({ name, kind, values }) => ({
    name,
    kind,
    values: values.map(() => reader.i32()),
  }));
  const stranger = parameters.find((parameter, i) => !roundsTo(parameter, at(start.value.parameters, i)));
  return stranger
    ? err(wrongMaster(`"${stranger.name}" does not round to the version's constants`))
    : ok({ parameters });
}

/** Whether every value lies within half a step of the version's. */
function roundsTo({ kind, values }: MasterParameter, start: MasterParameter): boolean {
  const half = stepOf(kind) / 2;
  return values.every((value, i) => {
    const rest = value - at(start.values, i);
    return rest >= -half && rest < half;
  });
}

const wrongMaster = (why: string): AggregateFault => ({
  code: 'aggregate.wrong-master',
  message: `the master is not this version's: ${why}`,
});
